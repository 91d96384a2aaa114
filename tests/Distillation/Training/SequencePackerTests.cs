using FsCheck;
using FsCheck.Fluent;
using Reflux.Distillation.Training;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

public sealed class SequencePackerTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(200);

    private static readonly Arbitrary<int[][]> Sequences = Gen.Choose(1, 40)
        .SelectMany(length => Gen.Choose(1, 1000).ArrayOf(length))
        .ArrayOf()
        .ToArbitrary();

    [Fact]
    public void Every_sequence_stands_once_whole_in_one_row_with_positions_from_zero()
    {
        Prop.ForAll(Sequences, sequences =>
        {
            var batches = SequencePacker.Pack(sequences, 32);

            Assert.Equal(Enumerable.Range(0, sequences.Length), batches.SelectMany(batch => batch.Sequences).Select(place => place.Index).Order());
            foreach (var batch in batches)
            {
                foreach (var place in batch.Sequences)
                {
                    var range = ((place.Row * batch.RowLength) + place.Start)..((place.Row * batch.RowLength) + place.Start + place.Length);
                    Assert.Equal(sequences[place.Index].Select(token => (long)token), batch.Ids[range]);
                    Assert.Equal(Enumerable.Range(0, place.Length).Select(position => (long)position), batch.Positions[range]);
                    Assert.All(batch.Segments[range], segment => Assert.Equal(place.Index, segment));
                    Assert.True(place.Start + place.Length <= batch.RowLength);
                }

                Assert.Equal(batch.Sequences.Sum(place => place.Length), batch.Segments.Count(segment => segment >= 0));
            }
        }).Check(Quick);
    }

    [Fact]
    public void Rows_hold_no_more_than_they_may_and_long_sequences_stand_alone()
    {
        Prop.ForAll(Sequences, sequences =>
        {
            foreach (var batch in SequencePacker.Pack(sequences, 16))
            {
                Assert.True(batch.RowLength <= 16 || (batch.Rows == 1 && batch.Sequences.Count == 1));
            }
        }).Check(Quick);
    }

    [Fact]
    public void The_first_row_with_room_is_taken_in_order()
    {
        int[][] sequences = [new int[6], new int[5], new int[4], new int[5], new int[12], new int[1]];

        var batches = SequencePacker.Pack(sequences, 10);

        Assert.Equal(2, batches.Count);
        Assert.Equal(
            [new PackedSequence(0, 0, 0, 6), new PackedSequence(2, 0, 6, 4), new PackedSequence(1, 1, 0, 5), new PackedSequence(3, 1, 5, 5), new PackedSequence(5, 2, 0, 1)],
            batches[0].Sequences);
        Assert.Equal([new PackedSequence(4, 0, 0, 12)], batches[1].Sequences);
        Assert.Equal(10, batches[0].RowLength);
        Assert.Equal(12, batches[1].RowLength);
    }

    [Fact]
    public void Many_rows_become_several_batches()
    {
        var sequences = Enumerable.Range(0, 5).Select(_ => new int[SequencePacker.MaxBatchTokens / 2]).ToArray();

        var batches = SequencePacker.Pack(sequences, SequencePacker.MaxBatchTokens / 2);

        Assert.Equal([2, 2, 1], batches.Select(batch => batch.Rows));
    }

    [Fact]
    public void A_token_attends_to_what_stands_before_it_in_its_own_sequence_and_to_itself()
    {
        var batch = SequencePacker.Pack([[1, 2], [3, 4, 5], [6]], 4)[0];
        using var scope = NewDisposeScope();

        var mask = batch.MaskTensor(CPU);

        Assert.Equal([batch.Rows, 1, batch.RowLength, batch.RowLength], mask.shape);
        var values = mask.data<bool>().ToArray();
        for (var row = 0; row < batch.Rows; row++)
        {
            for (var query = 0; query < batch.RowLength; query++)
            {
                for (var key = 0; key < batch.RowLength; key++)
                {
                    var (from, to) = ((row * batch.RowLength) + query, (row * batch.RowLength) + key);
                    var expected = key <= query && batch.Segments[from] == batch.Segments[to];
                    Assert.Equal(expected, values[(from * batch.RowLength) + key]);
                }
            }
        }
    }

    [Fact]
    public void A_target_is_predicted_by_the_token_before_it()
    {
        var batch = SequencePacker.Pack([[1, 2], [3, 4, 5]], 5)[0];

        // targets 2 of [1, 2] and 5 of [3, 4, 5]
        Assert.Equal([1L, 4L], batch.Sequences.Select(place => batch.Ids[batch.PredictingRow(place, place.Length - 1)]));
    }

    [Fact]
    public void An_empty_sequence_is_refused() => Assert.Throws<ArgumentException>(() => SequencePacker.Pack([[1], []], 8));
}
