using System.Text.Json.Serialization;
using Reflux.Contracts.Identity;

namespace Reflux.Contracts.Definitions;

/// <summary>A student: with its base model and the log it determines the weights.</summary>
public sealed record StudentSpec
{
    public required string Name { get; init; }

    /// <summary>The lane's name.</summary>
    public required string Lane { get; init; }

    public required BaseModelSpec Base { get; init; }

    public TrainingSpec Training { get; init; } = new();

    /// <summary>Trains a LoRA adapter beside the base's weights instead of the weights themselves; snapshots hold the merged weights.</summary>
    public LoraSpec? Lora { get; init; }

    public SnapshotSpec Snapshots { get; init; } = new();

    /// <summary>The first label record that it reads; null for the start of its lane's log.</summary>
    public Position? From { get; init; }
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

    /// <summary>The divergence D that it learns by, as <see cref="Divergence"/> spells it; without it <c>forward_kl</c>. Sampled labels can train no other.</summary>
    public string? Objective { get; init; }

    /// <summary>w of (1−w)·T²·D + w·CE on the teacher's token, 0 to 1.</summary>
    public double CrossEntropyWeight { get; init; }

    /// <summary>Most packed rows that go through the model at once; a step's other rows follow and their gradients add up. Without it as many as 8192 tokens hold.</summary>
    public int? MicroBatchRows { get; init; }

    /// <summary>Computes each layer once more on the way back instead of holding its inner states: less memory for about a third more time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RecomputeBlocks { get; init; }

    /// <summary>"F32", or "BF16": forward and backward in bfloat16 on a copy, weights and optimizer in float32. Made for GPUs; on a CPU it is several times slower.</summary>
    public string? ComputeDtype { get; init; }

    public ulong Seed { get; init; } = 1;
}

/// <summary>A LoRA adapter: W + (α/r)·B·A for some of the linear maps (Hu et al. 2021). The base has to be a directory.</summary>
public sealed record LoraSpec
{
    /// <summary>r, 1 to 4096.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>α.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>α/√r in place of α/r.</summary>
    public bool RankStabilized { get; init; }

    /// <summary>The linear maps that are adapted, by the last parts of their names.</summary>
    public IReadOnlyList<string> TargetModules { get; init; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>Of the fresh adapter.</summary>
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
