using System.Collections;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

public sealed class SequenceIntakeTests
{
    private static readonly LabelRecords Records = new(Guid.NewGuid(), new string('a', 64), new string('b', 64));
    private static readonly IntakeRules Rules = new(Records.LaneId, Records.TokenizerHash, Records.TemplateHash, LabelRecords.Spec, 200, 64);

    private readonly SequenceIntake _intake = new(Rules, null);
    private long _offset;

    [Fact]
    public void Sequences_are_sorted_in_log_order()
    {
        Assert.Empty(Take(LabelledSequences.At(0), LabelledSequences.At(1, holdout: true), LabelledSequences.At(0)));
        Assert.Empty(Take(LabelledSequences.At(2), LabelledSequences.At(1, holdout: true)));

        Assert.Equal([0L, 2L], _intake.Peek(9).Select(sequence => sequence.Prompt.Offset));
        Assert.Equal([1L], _intake.Holdout().Select(sourced => sourced.Sequence.Prompt.Offset));
        var counters = _intake.Counters;
        Assert.Equal((2, 1, 2, 0), (counters.LabelRecords, counters.HoldoutSequences, counters.DuplicateSequences, counters.TrainedSequences));
    }

    [Fact]
    public void Regrouped_duplicates_take_effect_once()
    {
        Take(LabelledSequences.At(0), LabelledSequences.At(1), LabelledSequences.At(2));
        Take(LabelledSequences.At(2), LabelledSequences.At(3), LabelledSequences.At(0));
        _intake.Trained(2);
        Take(LabelledSequences.At(1), LabelledSequences.At(3), LabelledSequences.At(4));

        Assert.Equal([2L, 3L, 4L], _intake.Peek(9).Select(sequence => sequence.Prompt.Offset));
        Assert.Equal(2, _intake.Counters.TrainedSequences);
        Assert.Equal(4, _intake.Counters.DuplicateSequences);
    }

    [Theory]
    [InlineData(DeadLetterReason.ForeignLog)]
    [InlineData(DeadLetterReason.ForeignLane)]
    [InlineData(DeadLetterReason.ForeignTokenizer)]
    [InlineData(DeadLetterReason.ForeignTemplate)]
    [InlineData(DeadLetterReason.ForeignLabels)]
    [InlineData(DeadLetterReason.ChecksumMismatch)]
    [InlineData(DeadLetterReason.Malformed)]
    [InlineData(DeadLetterReason.InvalidLabels)]
    public void Poison_goes_to_the_dead_letters_and_its_neighbours_train(DeadLetterReason reason)
    {
        var poison = Poison(reason);
        Take(LabelledSequences.At(0));

        var letter = Assert.Single(_intake.Take(LabelRecords.Stored(_offset++, poison)));

        Take(LabelledSequences.At(2));
        Assert.Equal(reason, letter.Reason);
        Assert.Equal(new Position(LabelRecords.Log, 1), letter.Source);
        Assert.Equal(poison, letter.Original);
        Assert.Equal([0L, 2L], _intake.Peek(9).Select(sequence => sequence.Prompt.Offset));
        Assert.Equal(1, _intake.Counters.DeadLetters);
    }

    [Fact]
    public void A_record_that_only_names_the_log_is_passed_over()
    {
        Take(LabelledSequences.At(0));

        Assert.Empty(_intake.Take(LabelRecords.Stored(_offset++, [])));

        Take(LabelledSequences.At(2));
        Assert.Equal([0L, 2L], _intake.Peek(9).Select(sequence => sequence.Prompt.Offset));
        Assert.Equal(3, _intake.Bookmark.Next!.Value.Offset);
    }

    [Fact]
    public void A_sequence_beyond_the_context_is_set_aside_alone()
    {
        var tooLong = new SequenceIntake(Rules with { MaxPositions = LabelledSequences.At(1).Tokens.Length - 1 }, null);

        var letters = tooLong.Take(LabelRecords.Stored(0, Records.Encode(LabelledSequences.At(1), LabelledSequences.At(2))));

        Assert.All(letters, letter => Assert.Equal(DeadLetterReason.SequenceTooLong, letter.Reason));
        Assert.Contains(letters, letter => LabelRecordCodec.Decode(letter.Original).Sequences.Single().Prompt.Offset == 1);
        Assert.Equal(2, letters.Count + tooLong.Waiting);
    }

    [Fact]
    public void A_stale_sequence_is_a_dead_letter_that_holds_it_alone()
    {
        Take(LabelledSequences.At(PartitionBitmap.Capacity + 64));

        var letter = Assert.Single(Take(LabelledSequences.At(3), LabelledSequences.At(PartitionBitmap.Capacity)));

        Assert.Equal(DeadLetterReason.Stale, letter.Reason);
        Assert.Equal(3, LabelRecordCodec.Decode(letter.Original).Sequences.Single().Prompt.Offset);
        Assert.Equal(2, _intake.Waiting);
    }

    [Fact]
    public void The_frontier_is_the_oldest_untrained_sequence_and_the_position_moves_on_without_it()
    {
        Take(LabelledSequences.At(0), LabelledSequences.At(1));
        Take(LabelledSequences.At(5, holdout: true));
        _intake.Trained(1);

        Assert.Equal((new Position(LabelRecords.Log, 0), 1), _intake.Frontier);
        Assert.Equal(new Position(LabelRecords.Log, 2), _intake.Bookmark.Next);

        _intake.Trained(1);
        Assert.Equal((new Position(LabelRecords.Log, 2), 0), _intake.Frontier);
    }

    [Fact]
    public void Exported_state_goes_on_as_if_nothing_had_happened()
    {
        var log = Enumerable.Range(0, 30)
            .Select(i => Records.Encode(LabelledSequences.At(i % 17), LabelledSequences.At(40 + i, holdout: i % 3 == 0), LabelledSequences.At(99 - i, key: $"{i % 5}")))
            .Select((value, offset) => LabelRecords.Stored(offset, value))
            .ToArray();
        for (var cut = 0; cut <= log.Length; cut++)
        {
            var whole = new SequenceIntake(Rules, null);
            var part = new SequenceIntake(Rules, null);
            Array.ForEach(log, record => Run(whole, record));
            Array.ForEach(log[..cut], record => Run(part, record));
            var stored = part.Export();
            var restored = new SequenceIntake(
                Rules, stored with { Holdout = Reread(stored.Holdout), Pending = Reread(stored.Pending) });
            Array.ForEach(log[cut..], record => Run(restored, record));

            AssertEqual(whole.Export(), restored.Export());
        }
    }

    [Fact]
    public void Accounting_adds_up()
    {
        Take(LabelledSequences.At(0), LabelledSequences.At(1), LabelledSequences.At(2, holdout: true), LabelledSequences.At(3));
        _intake.Trained(2);

        var account = _intake.Account();

        var bits = new BitArray(Convert.FromBase64String(Assert.Single(account.Partitions).Bitmap));
        Assert.Equal([0, 1, 2], Enumerable.Range(0, bits.Length).Where(i => bits[i]));
        Assert.Equal([LabelledSequences.At(3).Prompt], account.PendingSequences);
        Assert.Equal((2, 1), (account.TrainedSequences, account.HoldoutSequences));
    }

    private static void Run(SequenceIntake intake, LabelLogRecord record)
    {
        intake.Take(record);
        while (intake.Waiting >= 4)
        {
            intake.Trained(4);
        }
    }

    private static IReadOnlyList<SourcedSequence> Reread(IReadOnlyList<SourcedSequence> sequences) => SourcedSequenceFile.Decode(SourcedSequenceFile.Encode(sequences));

    private static void AssertEqual(IntakeState expected, IntakeState actual)
    {
        Assert.Equal(expected.Dedupe, actual.Dedupe);
        Assert.Equal(Places(expected.Holdout), Places(actual.Holdout));
        Assert.Equal(Places(expected.Pending), Places(actual.Pending));
        Assert.Equal(
            expected with { Dedupe = [], Holdout = [], Pending = [] },
            actual with { Dedupe = expected.Dedupe, Holdout = expected.Holdout, Pending = expected.Pending } with { Dedupe = [], Holdout = [], Pending = [] });
    }

    private static IEnumerable<(Position, int, Id128)> Places(IReadOnlyList<SourcedSequence> sequences) =>
        sequences.Select(sourced => (sourced.Record, sourced.Index, sourced.Sequence.SequenceId));

    private IReadOnlyList<DeadLetter> Take(params LabelledSequence[] sequences) => _intake.Take(LabelRecords.Stored(_offset++, Records.Encode(sequences)));

    private static byte[] Poison(DeadLetterReason reason)
    {
        var record = Records.Of(LabelledSequences.At(1));
        var bytes = LabelRecordCodec.Encode(record);
        switch (reason)
        {
            case DeadLetterReason.ForeignLog:
                return LabelRecordCodec.Encode(record with { LogTopic = Guid.NewGuid() });
            case DeadLetterReason.ForeignLane:
                return LabelRecordCodec.Encode(record with { LaneId = Guid.NewGuid() });
            case DeadLetterReason.ForeignTokenizer:
                return LabelRecordCodec.Encode(record with { TokenizerHash = new string('f', 64) });
            case DeadLetterReason.ForeignTemplate:
                return LabelRecordCodec.Encode(record with { TemplateHash = "other" });
            case DeadLetterReason.ForeignLabels:
                return LabelRecordCodec.Encode(record with { Labels = LabelRecords.Spec with { Temperature = 2 } });
            case DeadLetterReason.ChecksumMismatch:
                bytes[^9] ^= 1;
                return bytes;
            case DeadLetterReason.InvalidLabels:
                return Records.Encode(LabelledSequences.At(1, vocabulary: 100_000) with { Tokens = [.. LabelledSequences.At(1).Tokens[..^1], 5000] });
            default:
                return [1, 2, 3];
        }
    }
}
