using Reflux.Contracts.Definitions;

namespace Reflux.Cli.Bench.Logs;

/// <summary>How much `reflux bench log` does.</summary>
internal sealed record LogBenchSize
{
    /// <summary>Runs of each side, in turns.</summary>
    public int Runs { get; init; } = 7;

    /// <summary>Records of one run.</summary>
    public int Records { get; init; } = 4000;

    /// <summary>Bytes of a record: the largest that the embedded broker takes.</summary>
    public int RecordBytes { get; init; } = 64 * 1024;

    /// <summary>Optimizer steps of one run; their records are more than those that make a checkpoint due, however fast the machine is.</summary>
    public int Steps { get; init; } = 224;

    /// <summary>Bytes of the archive.</summary>
    public long ArchiveBytes { get; init; } = 256_000_000;

    /// <summary>The student: 3.9 million parameters.</summary>
    public FreshModelSpec Student { get; init; } = new() { TokenizerFrom = "", HiddenSize = 256, IntermediateSize = 704, Layers = 5, Heads = 8, KeyValueHeads = 4, MaxPositions = 128 };

    /// <summary>Tokens of a prompt, which are not labelled.</summary>
    public int PromptTokens { get; init; } = 32;

    /// <summary>Labelled tokens of a sequence.</summary>
    public int AnswerTokens { get; init; } = 64;

    /// <summary>Sequences of an optimizer step.</summary>
    public int SequencesPerStep { get; init; } = 1;

    /// <summary>Sequences of a label record: about 12 KiB.</summary>
    public int SequencesPerRecord { get; init; } = 8;
}
