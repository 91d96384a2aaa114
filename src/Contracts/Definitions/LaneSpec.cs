namespace Reflux.Contracts.Definitions;

/// <summary>One stream of traffic.</summary>
public sealed record LaneSpec
{
    /// <summary>Lower-case letters, digits and hyphens, 1 to 64, starting with a letter.</summary>
    public required string Name { get; init; }

    /// <summary>Share of distinct prompts kept from training, to measure on: 0 to 0.5.</summary>
    public double HoldoutFraction { get; init; } = 0.05;

    /// <summary>The form of the soft labels: <see cref="LaneLabels.Sampled"/> or <see cref="LaneLabels.TopK"/>.</summary>
    public string Labels { get; init; } = LaneLabels.Sampled;

    /// <summary>N: draws with replacement at each labelled position, 1 to 1000; for sampled labels.</summary>
    public int Draws { get; init; } = 50;

    /// <summary>k: the most probable ids kept at each labelled position, 1 to 1000; for top-k labels.</summary>
    public int TopK { get; init; } = 64;

    /// <summary>The temperature at which the teacher answers and is labelled, 0.1 to 10.</summary>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Longest answer, tokens; an answer cut by it has no end token.</summary>
    public int MaxAnswerTokens { get; init; } = 256;
}

/// <summary>The model that answers and labels a lane's prompts.</summary>
public sealed record TeacherSpec
{
    public required string Name { get; init; }

    /// <summary>The lane's name.</summary>
    public required string Lane { get; init; }

    /// <summary>Hugging Face directory of the teacher's weights, tokenizer and configuration, as the labelling silos see it.</summary>
    public required string Model { get; init; }

    /// <summary>Most sequences answered at once, 1 to 1024.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The licence verdict that goes into every bill of materials: may this teacher's outputs train a student?</summary>
    public string LicenceVerdict { get; init; } = "unstated";
}
