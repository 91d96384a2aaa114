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
            Fresh = new FreshModelSpec { TokenizerFrom = teacher, HiddenSize = 128, Layers = 3, Heads = 4, KeyValueHeads = 1, IntermediateSize = 352, MaxPositions = 256, Seed = seed },
        },
        Training = new TrainingSpec { SequencesPerStep = 8, RowTokens = 256, LearningRate = 1e-3, WarmupSteps = 20, Seed = seed },
        Snapshots = new SnapshotSpec { Dtype = "BF16", EverySeconds = 16 },
    };
}
