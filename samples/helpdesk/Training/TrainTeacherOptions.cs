using Reflux.Contracts.Errors;

namespace Reflux.Samples.Helpdesk.Training;

/// <summary>How the sample teacher is made. The defaults make the committed one.</summary>
public sealed record TrainTeacherOptions
{
    /// <summary>Directory that receives the model; created, or written over.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Decides the initial weights and the training messages.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>CPU threads; part of what makes a training reproducible bit by bit.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Token ids, the special ones included.</summary>
    public int VocabularySize { get; init; } = 2048;

    public int HiddenSize { get; init; } = 160;

    public int IntermediateSize { get; init; } = 432;

    public int Layers { get; init; } = 3;

    public int Heads { get; init; } = 5;

    public int KeyValueHeads { get; init; } = 1;

    /// <summary>Longest sequence, tokens.</summary>
    public int MaxPositions { get; init; } = 512;

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 700;

    /// <summary>New messages in each step, both lines in turn.</summary>
    public int SequencesPerStep { get; init; } = 16;

    /// <summary>Length of the rows that sequences are packed into, tokens.</summary>
    public int RowTokens { get; init; } = 256;

    /// <summary>Learning rate after the warm-up; a cosine takes it down to a fiftieth.</summary>
    public double LearningRate { get; init; } = 3e-3;

    public int WarmupSteps { get; init; } = 50;

    /// <summary>Messages that the tokenizer learns from, of both lines together.</summary>
    public int TokenizerMessages { get; init; } = 40_000;

    /// <summary>Unseen messages of each line that the result is measured on.</summary>
    public int HeldOutMessages { get; init; } = 500;

    internal void Validate()
    {
        Require(nameof(VocabularySize), VocabularySize is >= 300 and <= 65_536, "300 to 65536");
        Require(nameof(Threads), Threads is >= 1 and <= 1_024, "1 to 1024");
        Require(nameof(HiddenSize), HiddenSize is >= 2 and <= 8_192, "2 to 8192");
        Require(nameof(Heads), Heads >= 1 && HiddenSize % (2 * Heads) == 0, "a number of heads with an even width each");
        Require(nameof(KeyValueHeads), KeyValueHeads >= 1 && Heads % KeyValueHeads == 0, "a divisor of the number of heads");
        Require(nameof(IntermediateSize), IntermediateSize >= 1, "at least 1");
        Require(nameof(Layers), Layers is >= 1 and <= 64, "1 to 64");
        Require(nameof(MaxPositions), MaxPositions >= 128, "at least 128");
        Require(nameof(Steps), Steps >= 1, "at least 1");
        Require(nameof(SequencesPerStep), SequencesPerStep is >= 1 and <= 4_096, "1 to 4096");
        Require(nameof(RowTokens), RowTokens is >= 1 and <= 8_192, "1 to 8192");
        Require(nameof(LearningRate), LearningRate is > 0 and < 1, "above 0 and below 1");
        Require(nameof(WarmupSteps), WarmupSteps >= 0, "at least 0");
        Require(nameof(TokenizerMessages), TokenizerMessages >= 1, "at least 1");
        Require(nameof(HeldOutMessages), HeldOutMessages >= 1, "at least 1");
    }

    private static void Require(string option, bool valid, string range)
    {
        if (!valid)
        {
            throw new RefluxException(ErrorCodes.OptionOutOfRange, $"Teacher training option {option} is out of range.", $"Give {option} {range}.");
        }
    }
}
