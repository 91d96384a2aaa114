using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Chaos;

/// <summary>
/// What a student must have made of a label log, worked out anew from its bytes: the first of each sequence in log order counts, a record that can't be used counts for nothing. It remembers
/// everything, which is the same as the trainer's windows for fewer sequences than these hold. Only the record codec is the product's.
/// </summary>
internal sealed class CheckerLedger
{
    private readonly HashSet<(Position Prompt, int Sample)> _seen = [];
    private readonly HashSet<Id128> _keyed = [];
    private readonly Dictionary<Position, long> _firstLabel = [];
    private readonly List<Entry> _training = [];
    private readonly List<Entry> _holdout = [];
    private readonly List<(long Offset, DeadLetterReason Reason)> _rejected = [];

    private CheckerLedger()
    {
    }

    /// <summary>A sequence that takes effect.</summary>
    internal sealed record Entry(Id128 Sequence, Id128 Prompt, Position Position);

    /// <summary>What a record must say to be used.</summary>
    internal sealed record Rules(LogId Log, Guid Lane, string TokenizerHash, int Vocabulary);

    /// <summary>In the order in which they train.</summary>
    public IReadOnlyList<Entry> Training => _training;

    public IReadOnlyList<Entry> Holdout => _holdout;

    /// <summary>Records for the dead letters.</summary>
    public IReadOnlyList<(long Offset, DeadLetterReason Reason)> Rejected => _rejected;

    /// <summary>Sequences that took effect before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>The first record with a label of a prompt's position, whether it counted or not.</summary>
    public IReadOnlyDictionary<Position, long> FirstLabel => _firstLabel;

    /// <param name="records">The log from offset 0 on, none missing.</param>
    /// <param name="rules">What they are held against.</param>
    public static CheckerLedger Of(IEnumerable<byte[]> records, Rules rules)
    {
        var ledger = new CheckerLedger();
        foreach (var (offset, value) in records.Index())
        {
            ledger.Read(offset, value, rules);
        }

        return ledger;
    }

    private void Read(long offset, byte[] value, Rules rules)
    {
        if (value.Length == 0)
        {
            return; // it only names the log
        }

        LabelRecord record;
        try
        {
            record = LabelRecordCodec.Decode(value, rules.Vocabulary);
        }
        catch (DecodeException poison)
        {
            _rejected.Add((offset, poison.Reason));
            return;
        }

        if (record.LogTopic != rules.Log.Topic || record.LaneId != rules.Lane || record.TokenizerHash != rules.TokenizerHash)
        {
            _rejected.Add((offset, record.LogTopic != rules.Log.Topic ? DeadLetterReason.ForeignLog : record.LaneId != rules.Lane ? DeadLetterReason.ForeignLane : DeadLetterReason.ForeignTokenizer));
            return;
        }

        foreach (var sequence in record.Sequences)
        {
            _firstLabel.TryAdd(sequence.Prompt, offset);
            var isNew = _seen.Add((sequence.Prompt, sequence.Sample));
            isNew &= !sequence.Keyed || _keyed.Add(sequence.SequenceId);
            if (isNew)
            {
                (sequence.Holdout ? _holdout : _training).Add(new Entry(sequence.SequenceId, sequence.PromptId, sequence.Prompt));
            }
            else
            {
                Duplicates++;
            }
        }
    }
}
