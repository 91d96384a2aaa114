using System.Security.Cryptography;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Training;

/// <summary>
/// Turns label records into training sequences in log order: sets poison aside, keeps the holdout, drops what took effect before. Its state is
/// a fold over the records taken and the steps completed, nothing else, and whole records are taken at a time; what is consumed and
/// not yet trained is part of the state. So position and effect always agree, and the position moves on even where nothing trains.
/// </summary>
internal sealed class SequenceIntake
{
    private readonly Lock _gate = new();
    private readonly IntakeRules _rules;
    private readonly DedupeWindow _dedupe;
    private readonly HoldoutWindow _holdout = new();
    private readonly Queue<SourcedSequence> _pending = new();
    private readonly LabelBuffers _buffers = new();
    private IntakeCounters _counters = new();
    private Position? _start;
    private Position? _next;
    private string _lastRecordSha256 = "";
    private string _teacherRevision = "";
    private IReadOnlyList<LogPassage> _passages = [];

    /// <param name="rules">What a record must match.</param>
    /// <param name="restored">What a checkpoint holds; null to begin.</param>
    /// <param name="dedupe">Decides in place of the window that is restored.</param>
    public SequenceIntake(IntakeRules rules, IntakeState? restored, DedupeWindow? dedupe = null)
    {
        _rules = rules;
        _dedupe = dedupe ?? (restored is null ? new DedupeWindow() : DedupeWindow.FromBytes(restored.Dedupe));
        if (restored is null)
        {
            return;
        }

        (_start, _next, _lastRecordSha256, _teacherRevision, _counters, _passages) =
            (restored.Start, restored.Next, restored.LastRecordSha256, restored.TeacherRevision, restored.Counters, restored.Passages);
        foreach (var sequence in restored.Holdout)
        {
            _holdout.Add(sequence);
        }

        foreach (var sequence in restored.Pending)
        {
            _pending.Enqueue(sequence);
        }
    }

    /// <summary>Training sequences that wait for a step.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    public IntakeCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return _counters;
            }
        }
    }

    /// <summary>Position, provenance and counters of one moment, without the windows.</summary>
    public (Position? Start, Position? Next, string TeacherRevision, IntakeCounters Counters, IReadOnlyList<LogPassage> Passages) Bookmark
    {
        get
        {
            lock (_gate)
            {
                return (_start, _next, _teacherRevision, _counters, _passages);
            }
        }
    }

    /// <summary>The oldest sequence that is not in the weights, the holdout or the dead letters: its record and index; or the next record.</summary>
    public (Position? Record, int Index) Frontier
    {
        get
        {
            lock (_gate)
            {
                return _pending.TryPeek(out var oldest) ? (oldest.Record, oldest.Index) : (_next, 0);
            }
        }
    }

    /// <summary>Consumes one record and returns what of it goes to the dead letters.</summary>
    public IReadOnlyList<DeadLetter> Take(LabelLogRecord record)
    {
        var letters = new List<DeadLetter>();
        lock (_gate)
        {
            // an empty record only names the log, on brokers that don't (docs/log.md)
            if (!record.Value.IsEmpty && Decode(record, letters) is { } decoded)
            {
                var origin = decoded with { Sequences = [] };
                _teacherRevision = decoded.TeacherRevision;
                for (var i = 0; i < decoded.Sequences.Count; i++)
                {
                    Sort(new SourcedSequence(origin, record.Position, i, decoded.Sequences[i]), letters);
                }
            }

            _start ??= record.Position;
            _next = record.Position with { Offset = record.Position.Offset + 1 };
            _lastRecordSha256 = Convert.ToHexStringLower(SHA256.HashData(record.Value.Span));
            _counters = _counters with
            {
                LabelRecords = _counters.LabelRecords + 1,
                LabelBytes = _counters.LabelBytes + record.Value.Length,
                DeadLetters = _counters.DeadLetters + letters.Count,
            };
        }

        return letters;
    }

    /// <summary>Goes on elsewhere in the log.</summary>
    public void Pass(LogPassage passage)
    {
        lock (_gate)
        {
            _next = passage.Entered;
            _passages = [.. _passages, passage];
        }
    }

    /// <summary>The next <paramref name="count"/> training sequences, left in place until <see cref="Trained"/>.</summary>
    public IReadOnlyList<LabelledSequence> Peek(int count)
    {
        lock (_gate)
        {
            return [.. _pending.Take(count).Select(pending => pending.Sequence)];
        }
    }

    /// <summary>Says that the next <paramref name="count"/> training sequences are in the weights.</summary>
    public void Trained(int count)
    {
        lock (_gate)
        {
            for (; count > 0; count--)
            {
                var sequence = _pending.Dequeue().Sequence;
                _counters = _counters.WithTrained(sequence.SequenceId, sequence.LabelledTokens);
            }

            _counters = _counters with { UndoneInARow = 0 };
        }
    }

    /// <summary>Says that a step on the next <paramref name="count"/> training sequences was undone: they are set aside, and what goes to the dead letters is returned.</summary>
    public IReadOnlyList<DeadLetter> Undone(int count)
    {
        lock (_gate)
        {
            DeadLetter[] letters = [.. Enumerable.Range(0, count).Select(_ => Alone(_pending.Dequeue(), DeadLetterReason.NonFiniteStep))];
            _counters = _counters with
            {
                UndoneSteps = _counters.UndoneSteps + 1,
                UndoneInARow = _counters.UndoneInARow + 1,
                QuarantinedSequences = _counters.QuarantinedSequences + count,
                DeadLetters = _counters.DeadLetters + count,
            };
            return letters;
        }
    }

    /// <summary>The newest holdout sequences, oldest first.</summary>
    public IReadOnlyList<SourcedSequence> Holdout()
    {
        lock (_gate)
        {
            return _holdout.ToList();
        }
    }

    public StudentAccounting Account()
    {
        lock (_gate)
        {
            Position[] pending = [.. _pending.Select(pending => pending.Sequence.Prompt)];
            return new StudentAccounting(
                _dedupe.Account(pending),
                _counters.TrainedSequences,
                _counters.HoldoutSequences,
                _counters.EffectSum,
                _counters.DuplicateSequences,
                _counters.DeadLetters,
                pending)
            {
                QuarantinedSequences = _counters.QuarantinedSequences,
            };
        }
    }

    public IntakeState Export()
    {
        lock (_gate)
        {
            return new IntakeState(_start, _next, _lastRecordSha256, _teacherRevision, _counters, _dedupe.ToBytes(), _holdout.ToList(), [.. _pending], _passages);
        }
    }

    private LabelRecord? Decode(LabelLogRecord record, List<DeadLetter> letters)
    {
        try
        {
            var decoded = LabelRecordCodec.Decode(record.Value, _rules.VocabularySize, _buffers);
            if (_rules.Refusal(decoded, record.Position.Log.Topic) is not { } reason)
            {
                return decoded;
            }

            letters.Add(new DeadLetter(reason, record.Position, record.Value.ToArray()));
        }
        catch (DecodeException poison)
        {
            letters.Add(new DeadLetter(poison.Reason, record.Position, record.Value.ToArray()));
        }

        return null;
    }

    private void Sort(SourcedSequence sourced, List<DeadLetter> letters)
    {
        _counters = _counters with { LabelledTokens = _counters.LabelledTokens + sourced.Sequence.LabelledTokens };
        if (sourced.Sequence.Tokens.Length > _rules.MaxPositions)
        {
            letters.Add(Alone(sourced, DeadLetterReason.SequenceTooLong));
            return;
        }

        switch (_dedupe.Admit(sourced.Sequence))
        {
            case SequenceFate.Training:
                _pending.Enqueue(sourced.Keep());
                break;
            case SequenceFate.Holdout:
                _holdout.Add(sourced.Keep());
                _counters = _counters.WithHoldout(sourced.Sequence.SequenceId);
                break;
            case SequenceFate.Duplicate:
                _counters = _counters with { DuplicateSequences = _counters.DuplicateSequences + 1 };
                break;
            case SequenceFate.Stale:
                letters.Add(Alone(sourced, DeadLetterReason.Stale));
                break;
        }
    }

    private static DeadLetter Alone(SourcedSequence sourced, DeadLetterReason reason) =>
        new(reason, sourced.Record, LabelRecordCodec.Encode(sourced.Origin with { Sequences = [sourced.Sequence] }));
}
