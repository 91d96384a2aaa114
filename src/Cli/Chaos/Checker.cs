using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Chaos;

/// <summary>Holds what a student says of itself against what its log says that it must be.</summary>
internal sealed class Checker(CheckerEvidence evidence)
{
    private readonly List<string> _problems = [];

    public CheckerReport Run()
    {
        var ledger = CheckerLedger.Of(Log(), evidence.Rules);
        var quarantined = SetAside(DeadLetterReason.NonFiniteStep).Select(sequence => sequence.SequenceId).ToHashSet();
        var whole = ledger.Training.Count - (ledger.Training.Count % evidence.SequencesPerStep);
        var trained = ledger.Training.Take(whole).Where(entry => !quarantined.Contains(entry.Sequence)).ToList();
        var pending = ledger.Training.Skip(whole).ToList();

        CheckCounters(ledger, trained, pending, whole);
        CheckDeadLetters(ledger);
        CheckCommits(ledger);
        var (missing, surplus) = Effects([.. trained, .. ledger.Holdout]);

        var fates = new Dictionary<Id128, Fate>();
        void Enter(IEnumerable<Id128> prompts, Fate fate)
        {
            foreach (var prompt in prompts)
            {
                fates.TryAdd(prompt, fate);
            }
        }

        Enter(trained.Select(entry => entry.Prompt), Fate.Trained);
        Enter(ledger.Holdout.Select(entry => entry.Prompt), Fate.Holdout);
        Enter(pending.Select(entry => entry.Prompt), Fate.Pending);
        Enter(ledger.Training.Take(whole).Select(entry => entry.Prompt), Fate.Quarantined);
        Enter(DeadPrompts(), Fate.DeadLettered);
        var count = evidence.Acknowledged.CountBy(prompt => fates.GetValueOrDefault(prompt, Fate.Lost)).ToDictionary();
        return new CheckerReport(
            evidence.Acknowledged.Count,
            count.GetValueOrDefault(Fate.Trained),
            count.GetValueOrDefault(Fate.Holdout),
            count.GetValueOrDefault(Fate.DeadLettered),
            count.GetValueOrDefault(Fate.Quarantined),
            count.GetValueOrDefault(Fate.Pending),
            count.GetValueOrDefault(Fate.Lost) + missing,
            surplus,
            _problems);
    }

    private enum Fate
    {
        Lost,
        Trained,
        Holdout,
        Pending,
        Quarantined,
        DeadLettered,
    }

    /// <summary>Every record that the student has read, from archive and broker, which have to agree.</summary>
    private List<byte[]> Log()
    {
        Require(evidence.Archive.Count > 0, "nothing is archived");
        var log = new List<byte[]>();
        for (var offset = 0L; offset < evidence.Next; offset++)
        {
            var archived = evidence.Archive.GetValueOrDefault(offset);
            var served = evidence.Broker.GetValueOrDefault(offset);
            Require(archived is null || served is null || archived.AsSpan().SequenceEqual(served), $"the label record at offset {offset} is another in the archive than on the broker");
            if ((archived ?? served) is not { } record)
            {
                _problems.Add($"the label record at offset {offset} is neither archived nor on the broker");
                break;
            }

            log.Add(record);
        }

        return log;
    }

    private void CheckCounters(CheckerLedger ledger, List<CheckerLedger.Entry> trained, List<CheckerLedger.Entry> pending, int whole)
    {
        var account = evidence.Account;
        Same("trained sequences", trained.Count, account.TrainedSequences);
        Same("holdout sequences", ledger.Holdout.Count, account.HoldoutSequences);
        Same("dropped duplicates", ledger.Duplicates, account.DuplicateSequences);
        Same("quarantined sequences", whole - trained.Count, account.QuarantinedSequences);
        Same("dead letters", ledger.Rejected.Count + whole - trained.Count, account.DeadLetters);
        Same("steps", trained.Count / evidence.SequencesPerStep, evidence.Step);
        Require(pending.Select(entry => entry.Position).SequenceEqual(account.PendingSequences), "other sequences wait for a step than the log says");
    }

    private void CheckDeadLetters(CheckerLedger ledger)
    {
        var written = evidence.DeadLetters.Select(letter => (letter.Source, letter.Reason)).ToHashSet();
        foreach (var (offset, reason) in ledger.Rejected)
        {
            Require(written.Contains((new Position(evidence.Rules.Log, offset), reason)), $"the label record at offset {offset} is no dead letter, although it is {reason}");
        }
    }

    private void CheckCommits(CheckerLedger ledger)
    {
        var setAside = evidence.DeadLetters.Select(letter => letter.Source).Concat(evidence.Marks).ToHashSet();
        foreach (var commit in evidence.Commits)
        {
            for (var offset = 0L; offset < commit.Next.Offset; offset++)
            {
                var prompt = commit.Next with { Offset = offset };
                if (!setAside.Contains(prompt) && !(ledger.FirstLabel.TryGetValue(prompt, out var label) && label < commit.LabelEnd))
                {
                    _problems.Add($"offset {commit.Next} was committed before prompt {offset} was done with");
                    return;
                }
            }
        }
    }

    /// <summary>Effects that the student lacks, and those that it has too many: their number, and the sum of their ids where the number is right.</summary>
    private (long Missing, long Surplus) Effects(List<CheckerLedger.Entry> expected)
    {
        var surplus = evidence.Account.TrainedSequences + evidence.Account.HoldoutSequences - expected.Count;
        var sum = expected.Aggregate(UInt128.Zero, (sum, entry) => unchecked(sum + entry.Sequence.Value));
        var exchanged = surplus == 0 && evidence.Account.EffectSum.Value != sum ? 1 : 0;
        return (Math.Max(0, -surplus) + exchanged, Math.Max(0, surplus) + exchanged);
    }

    private IEnumerable<LabelledSequence> SetAside(DeadLetterReason reason) =>
        evidence.DeadLetters.Where(letter => letter.Reason == reason).SelectMany(letter => LabelRecordCodec.Decode(letter.Original).Sequences);

    /// <summary>Prompts that were set aside before they were labelled.</summary>
    private IEnumerable<Id128> DeadPrompts() => evidence.DeadLetters
        .Where(letter => letter.Reason is DeadLetterReason.PromptTooLong or DeadLetterReason.LabelsTooLarge or DeadLetterReason.LaneDeleted or DeadLetterReason.TeacherFailed)
        .Select(letter => PromptRecord.Decode(letter.Original).PromptId);

    private void Same(string what, long expected, long actual) => Require(expected == actual, $"{what}: the log says {expected}, the student {actual}");

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            _problems.Add(otherwise);
        }
    }
}
