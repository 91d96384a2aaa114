using Orleans.Engine.Simulation;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;
using Reflux.Simulation.Tests.Training;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>Watches the world from outside of every process, and ends the run at the first thing that must never happen.</summary>
internal sealed class Audit(Simulator world)
{
    private readonly HashSet<Position> _settled = [];
    private readonly Dictionary<(string Student, long Epoch), string> _grants = [];
    private readonly Dictionary<string, long> _trainingSince = [];

    /// <summary>Where checkpoints stand; known once the world is made.</summary>
    public required Func<SimulatedDisk> Disk { get; init; }

    /// <summary>A record stands on the log.</summary>
    public void Appended(string topic, Position position, byte[] value)
    {
        if (topic == Topics.Labels && Decode(value) is { } record)
        {
            _settled.UnionWith(record.Sequences.Select(sequence => sequence.Prompt));
        }
        else if (topic == Topics.DeadLetters)
        {
            _settled.Add(DeadLetter.Decode(value).Source);
        }
    }

    /// <summary>A group's offset is committed: nothing before it may need the record any more.</summary>
    public void Committed(string group, string topic, int partition, long offset)
    {
        if (group == ConsumerGroups.Teachers)
        {
            for (var before = offset - 1; before >= 0 && before >= offset - 64; before--)
            {
                Require(_settled.Contains(new Position(LogOf(topic, partition), before)), $"prompts/{partition}@{before} is committed and has neither label nor dead letter");
            }
        }
        else
        {
            Require(Disk().DurableUpTo(partition) >= offset, $"{group} committed {offset} beyond what its checkpoints hold");
        }
    }

    /// <summary>A grain's state is stored.</summary>
    public void Stored(string grain, object? before, object after)
    {
        if (after is StudentState student)
        {
            Granted(grain, before as StudentState, student);
        }
        else if (after is SnapshotsState snapshots)
        {
            Published(grain, before as SnapshotsState, snapshots);
        }
    }

    /// <summary>A silo begins to train under an epoch.</summary>
    public void Trains(string student, long epoch, string silo)
    {
        Require(_grants.TryGetValue((student, epoch), out var owner) && owner == silo, $"{silo} trains '{student}' under epoch {epoch}, which it was not granted");
        _trainingSince[student] = Math.Max(epoch, _trainingSince.GetValueOrDefault(student));
    }

    /// <summary>Which log a topic's partition is; set with the log.</summary>
    public Func<string, int, LogId> LogOf { get; set; } = (_, _) => default;

    public static LabelRecord? Decode(byte[] value)
    {
        try
        {
            return LabelRecordCodec.Decode(value);
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    private void Granted(string grain, StudentState? before, StudentState after)
    {
        Require(after.Epoch >= (before?.Epoch ?? 0), $"the epoch of {grain} fell from {before?.Epoch} to {after.Epoch}");
        if (after.Owner is not null && (before is null || before.Epoch != after.Epoch || before.Owner != after.Owner))
        {
            Require(_grants.TryAdd((grain, after.Epoch), after.Owner), $"epoch {after.Epoch} of {grain} was granted twice");
            world.Trace.Event(world.Now, "storage", $"epoch {after.Epoch} of {grain} granted to {after.Owner}");
        }
    }

    private void Published(string grain, SnapshotsState? before, SnapshotsState after)
    {
        var known = before?.StudentId == after.StudentId ? before!.Versions : [];
        Require(after.LastVersion >= (before?.LastVersion ?? 0), $"the newest version of {grain} fell");
        Require(after.Versions.Take(known.Count).SequenceEqual(known), $"a published version of {grain} was changed");
        foreach (var added in after.Versions.Skip(known.Count))
        {
            world.Trace.Event(world.Now, "storage", $"version {added.Version} of {grain}: step {added.Step}, epoch {added.Epoch}");
            Require(added.Version == (before?.LastVersion ?? 0) + 1, $"version {added.Version} of {grain} follows {before?.LastVersion}");
            Require(
                added.Epoch >= _trainingSince.GetValueOrDefault(grain),
                $"epoch {added.Epoch} published version {added.Version} of {grain} after epoch {_trainingSince.GetValueOrDefault(grain)} had begun");
        }
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            world.Trace.Event(world.Now, "audit", otherwise);
            world.Fail(new Violation(otherwise));
        }
    }
}
