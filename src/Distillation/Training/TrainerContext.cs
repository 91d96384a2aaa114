using Microsoft.Extensions.Logging;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Storage;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;

namespace Reflux.Distillation.Training;

/// <summary>Everything that a trainer is given.</summary>
public sealed record TrainerContext
{
    /// <summary>The student's definition; its <see cref="Definition.Student"/> is set.</summary>
    public required Definition Student { get; init; }

    /// <summary>Its lane's definition; its <see cref="Definition.Lane"/> is set.</summary>
    public required Definition Lane { get; init; }

    /// <summary>The lane's teacher, where one is defined yet.</summary>
    public Definition? Teacher { get; init; }

    /// <summary>The fencing epoch that this trainer was granted.</summary>
    public required long Epoch { get; init; }

    /// <summary>Where the student's owner has accepted that records are missing; null for nowhere.</summary>
    public Position? AcceptedGap { get; init; }

    /// <summary>Opens the lane's label partition.</summary>
    public required ILabelLogFactory Labels { get; init; }

    /// <summary>The host.</summary>
    public required ITrainerServices Services { get; init; }

    /// <summary>Where checkpoints go.</summary>
    public required ICheckpointStore Checkpoints { get; init; }

    /// <summary>How often.</summary>
    public CheckpointInterval CheckpointInterval { get; init; } = CheckpointInterval.Default;

    /// <summary>Where snapshots go.</summary>
    public required IBlobStore Blobs { get; init; }

    /// <summary>The device's one thread.</summary>
    public required ICompute Compute { get; init; }

    /// <summary>Clock and timers.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Never sees prompt text.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Makes the parts that hold weights.</summary>
    internal IStudentLoader Loader { get; init; } = new StudentLoader();

    internal StudentDefinition StudentDefinition => Student.Student ?? throw new ArgumentException("the definition is not a student's");

    internal LaneDefinition LaneDefinition => Lane.Lane ?? throw new ArgumentException("the definition is not a lane's");
}
