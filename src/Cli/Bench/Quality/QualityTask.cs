using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;
using Reflux.Models;

namespace Reflux.Cli.Bench.Quality;

/// <summary>The sizes of the comparison. The defaults are what its bars stand on.</summary>
internal sealed record QualityTask
{
    /// <summary>Students of each kind, and the figures' sample size.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>Optimizer steps of a student; the smaller budget is half of them.</summary>
    public int Steps { get; init; } = 300;

    public int TeacherSteps { get; init; } = 400;

    public int SequencesPerStep { get; init; } = 64;

    /// <summary>Held-out sequences of each seed.</summary>
    public int HoldoutSequences { get; init; } = 256;

    /// <summary>N of the sampled labels.</summary>
    public int Draws { get; init; } = 50;

    /// <summary>k of the top-k labels.</summary>
    public int TopK { get; init; } = 12;

    /// <summary>Times at which the students are measured.</summary>
    public int Measurements { get; init; } = 10;

    public int VocabularySize { get; init; } = 1024;

    public ModelConfig Teacher(int vocabularySize) => Shape(vocabularySize, hidden: 128, intermediate: 344);

    public ModelConfig Student(int vocabularySize) => Shape(vocabularySize, hidden: 96, intermediate: 256);

    /// <summary>How the students learn, and with its own number of steps the teacher.</summary>
    public TrainingSpec Training(int steps) => new()
    {
        SequencesPerStep = SequencesPerStep,
        RowTokens = 128,
        LearningRate = 4e-3,
        WarmupSteps = 20,
        Schedule = TrainingSchedules.Cosine,
        ScheduleSteps = steps,
    };

    private static ModelConfig Shape(int vocabularySize, int hidden, int intermediate) => new()
    {
        HiddenSize = hidden,
        IntermediateSize = intermediate,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = hidden / 4,
        VocabularySize = vocabularySize,
        MaxPositions = 128,
        TieWordEmbeddings = true,
    };
}
