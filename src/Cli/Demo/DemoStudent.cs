using Reflux.Contracts.Definitions;

namespace Reflux.Cli.Demo;

/// <summary>The student that the demo trains.</summary>
internal static class DemoStudent
{
    public static StudentSpec Spec(string name, string lane, string teacher, ulong seed) => new()
    {
        Name = name,
        Lane = lane,
        Base = new BaseModelSpec
        {
            Fresh = new FreshModelSpec { TokenizerFrom = teacher, HiddenSize = 96, Layers = 3, Heads = 3, KeyValueHeads = 1, IntermediateSize = 256, MaxPositions = 256, Seed = seed },
        },
        Training = new TrainingSpec { SequencesPerStep = 16, RowTokens = 256, LearningRate = 4e-3, WarmupSteps = 20, Seed = seed },
        Snapshots = new SnapshotSpec { Dtype = "BF16", EverySeconds = 16 },
    };
}
