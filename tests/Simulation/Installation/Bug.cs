namespace Reflux.Simulation.Tests.Installation;

/// <summary>What is planted into the real code's collaborators, as a test of the simulation.</summary>
internal enum Bug
{
    None,

    /// <summary>A teacher's prompts are committed when they are read.</summary>
    CommitBeforeAcknowledgement,

    /// <summary>A record is remembered, not its sequences.</summary>
    DedupeByRecord,

    /// <summary>The store takes every write, whatever ETag it has.</summary>
    UnfencedStore,

    /// <summary>The snapshots' grain forgets which epoch is fenced off.</summary>
    ForgottenFence,

    /// <summary>A student's position is published before its checkpoint is durable.</summary>
    PositionBeforeCheckpoint,
}
