namespace Reflux.Contracts.Definitions;

/// <summary>A student: with its base model and the log it determines the weights.</summary>
public sealed record StudentSpec
{
    public required string Name { get; init; }

    /// <summary>The lane's name.</summary>
    public required string Lane { get; init; }

    public required BaseModelSpec Base { get; init; }

    public TrainingSpec Training { get; init; } = new();

    public SnapshotSpec Snapshots { get; init; } = new();
}

/// <summary>Where a student starts: a Hugging Face directory, or fresh weights of a stated shape over a tokenizer. Exactly one is set.</summary>
public sealed record BaseModelSpec
{
    /// <summary>A Hugging Face directory as the training silo sees it.</summary>
    public string? Directory { get; init; }

    public FreshModelSpec? Fresh { get; init; }
}

/// <summary>A Llama-architecture decoder with seeded random weights.</summary>
public sealed record FreshModelSpec
{
    /// <summary>Hugging Face directory whose tokenizer (and vocabulary size) the student takes; the teacher's.</summary>
    public required string TokenizerFrom { get; init; }

    public int HiddenSize { get; init; } = 128;

    public int Layers { get; init; } = 3;

    public int Heads { get; init; } = 4;

    public int KeyValueHeads { get; init; } = 2;

    public int IntermediateSize { get; init; } = 344;

    /// <summary>Longest sequence, tokens.</summary>
    public int MaxPositions { get; init; } = 512;

    public ulong Seed { get; init; } = 1;
}

/// <summary>How a student learns. Defaults suit a student of about a million parameters.</summary>
public sealed record TrainingSpec
{
    /// <summary>Sequences that one optimizer step consumes, in log order, 1 to 4096.</summary>
    public int SequencesPerStep { get; init; } = 16;

    /// <summary>Row length that sequences are packed into, tokens.</summary>
    public int RowTokens { get; init; } = 256;

    public double LearningRate { get; init; } = 3e-3;

    public int WarmupSteps { get; init; } = 20;

    /// <summary>"constant" after the warm-up, or "cosine" down to <see cref="MinLearningRate"/> at <see cref="ScheduleSteps"/>.</summary>
    public string Schedule { get; init; } = "constant";

    public int ScheduleSteps { get; init; } = 10_000;

    public double MinLearningRate { get; init; }

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Global gradient norm above which gradients are scaled down; 0 turns it off.</summary>
    public double GradientClip { get; init; } = 1.0;

    /// <summary>w of (1−w)·forward KL + w·CE on the teacher's token, 0 to 1.</summary>
    public double CrossEntropyWeight { get; init; }

    public ulong Seed { get; init; } = 1;
}

/// <summary>When a student is published and in which form.</summary>
public sealed record SnapshotSpec
{
    /// <summary>Safetensors dtype of the published weights: "BF16", "F16" or "F32".</summary>
    public string Dtype { get; init; } = "BF16";

    /// <summary>Shortest time between two publications, seconds.</summary>
    public double EverySeconds { get; init; } = 30;

    /// <summary>How far α on the newest holdout may lie below the previous snapshot's on the same sequences before the gate refuses.</summary>
    public double MaxAcceptanceDrop { get; init; } = 0.02;
}
