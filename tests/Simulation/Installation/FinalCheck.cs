using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Grains.Snapshots;
using Reflux.Simulation.Tests.Training;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>What must hold in the end: of every accepted prompt one fate, of every sequence one effect, and the state of an undisturbed run.</summary>
internal sealed class FinalCheck(World world, Clients clients)
{
    /// <exception cref="Violation">Something does not hold.</exception>
    public void Run()
    {
        var catalog = new Reflux.Silo.Definitions.DefinitionCatalog();
        foreach (var bytes in world.Log.Records(Topics.Definitions, 0))
        {
            catalog.Apply(System.Text.Json.JsonSerializer.Deserialize<Definition>(bytes, Reflux.Contracts.RefluxJson.Options)!);
        }

        var lane = catalog.Current.Single(definition => definition.Lane is not null);
        var student = catalog.Current.Single(definition => definition.Student is not null);
        var last = world.Disk.Newest ?? throw new Violation("the student left no checkpoint");
        var fold = Replay(student, lane, last.Document);
        Account(last.Document, lane.Lane!.LabelPartition, fold);
    }

    /// <summary>The log from its beginning, without any disturbance.</summary>
    private StudentFold Replay(Definition student, Definition lane, CheckpointDocument last)
    {
        var fold = SimulatedLoader.Fresh(student, lane);
        var weights = new Dictionary<long, string> { [0] = Weights(fold) };
        var partition = lane.Lane!.LabelPartition;
        for (var offset = 0L; offset < (last.Next?.Offset ?? 0); offset++)
        {
            fold.Intake.Take(new LabelLogRecord(new Position(world.Log.Id(Topics.Labels, partition), offset), world.Log.Records(Topics.Labels, partition)[(int)offset]));
            while (fold.HasFullStep)
            {
                fold.Step();
                weights[fold.Learner.Step] = Weights(fold);
            }
        }

        var state = fold.Intake.Export();
        var hash = StateHash.Of(fold.Learner.Step, state.Next, fold.Learner.CopyTrained(), fold.Learner.CopyOptimizer(), state.Dedupe, state.Pending);
        Require(hash == last.StateHash, $"the state at step {last.Step} is not that of an undisturbed run, which is at step {fold.Learner.Step}");
        foreach (var (digest, snapshot) in world.Disk.Snapshots)
        {
            Require(weights.GetValueOrDefault(snapshot.Step, snapshot.Weights) == snapshot.Weights, $"snapshot {digest[..8]} of step {snapshot.Step} is not what an undisturbed run has there");
        }

        return fold;
    }

    private void Account(CheckpointDocument last, int partition, StudentFold replayed)
    {
        // a dedupe of its own: the first in log order wins, by place and by key
        var (places, keys) = (new HashSet<Position>(), new HashSet<Id128>());
        var fates = new Dictionary<Id128, string>();
        UInt128 sum = 0;
        var (train, holdout) = (0, 0);
        var read = last.Next?.Offset ?? 0;
        var taken = new HashSet<Id128>();
        var labels = world.Log.Records(Topics.Labels, partition);
        foreach (var (sequence, offset) in labels.SelectMany((bytes, offset) => (Audit.Decode(bytes)?.Sequences ?? []).Select(sequence => (sequence, offset))))
        {
            if (!(places.Add(sequence.Prompt) & (!sequence.Keyed || keys.Add(sequence.SequenceId))))
            {
                continue;
            }

            Require(fates.TryAdd(sequence.PromptId, sequence.Holdout ? "holdout" : "train"), $"prompt {sequence.PromptId} has two fates");
            if (offset >= read)
            {
                // it waits on the log: the newest whole checkpoint may be the one before a torn one
                continue;
            }

            (train, holdout) = sequence.Holdout ? (train, holdout + 1) : (train + 1, holdout);
            sum += sequence.SequenceId.Value;
            taken.Add(sequence.SequenceId);
        }

        var letters = world.Log.Records(Topics.DeadLetters, 0).Select(bytes => DeadLetter.Decode(bytes)).ToList();
        var aside = letters.Select(letter => TryPrompt(letter)).OfType<Id128>().ToHashSet();
        var pending = replayed.Intake.Export().Pending.Select(waiting => waiting.Sequence).ToList();
        // those of steps behind that checkpoint will be undone again
        taken.ExceptWith(pending.Select(sequence => sequence.SequenceId));
        var quarantined = letters.Where(letter => letter.Reason == DeadLetterReason.NonFiniteStep)
            .SelectMany(letter => LabelRecordCodec.Decode(letter.Original).Sequences).DistinctBy(sequence => sequence.SequenceId)
            .Where(sequence => taken.Contains(sequence.SequenceId)).ToList();
        foreach (var id in clients.Accepted)
        {
            Require(fates.ContainsKey(id) != aside.Contains(id), $"accepted prompt {id} was {(fates.ContainsKey(id) ? "labelled and set aside" : "lost")}");
        }

        var counters = last.Counters;
        Require(counters.TrainedSequences == train - pending.Count - quarantined.Count, $"{counters.TrainedSequences} sequences are in the weights; the log says {train} less {pending.Count} that wait and {quarantined.Count} set aside");
        Require(counters.HoldoutSequences == holdout, $"{counters.HoldoutSequences} sequences are held out; the log says {holdout}");
        Require(counters.QuarantinedSequences == quarantined.Count, $"{counters.QuarantinedSequences} sequences are quarantined, {quarantined.Count} of them are among the dead letters");
        var effects = sum - pending.Concat(quarantined).Aggregate((UInt128)0, (total, sequence) => unchecked(total + sequence.SequenceId.Value));
        Require(counters.EffectSum.Value == effects, "other sequences took effect than the log says");
    }

    private static Id128? TryPrompt(DeadLetter letter)
    {
        try
        {
            return letter.Source.Log.Topic == default ? null : PromptRecord.Decode(letter.Original).PromptId;
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    private static string Weights(StudentFold fold) => Convert.ToHexStringLower(((HashLearner)fold.Learner).Weights);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new Violation(otherwise);
        }
    }
}
