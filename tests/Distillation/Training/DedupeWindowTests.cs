using System.Collections;
using FsCheck;
using FsCheck.Fluent;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

public sealed class DedupeWindowTests
{
    [Fact]
    public void Each_offset_takes_effect_once_whatever_the_order()
    {
        Prop.ForAll<int[]>(numbers =>
        {
            var window = new DedupeWindow();
            var seen = new HashSet<long>();
            foreach (var offset in numbers.Select(number => (long)Math.Abs(number % 500)))
            {
                var expected = seen.Add(offset) ? SequenceFate.Training : SequenceFate.Duplicate;
                Assert.Equal(expected, window.Admit(LabelledSequences.At(offset)));
            }
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Partitions_and_samples_do_not_mix()
    {
        var window = new DedupeWindow();
        var sequence = LabelledSequences.At(5);

        Assert.Equal(SequenceFate.Training, window.Admit(sequence));
        Assert.Equal(SequenceFate.Training, window.Admit(LabelledSequences.At(5, partition: 1)));
        Assert.Equal(SequenceFate.Training, window.Admit(sequence with { Sample = 1 }));
        Assert.Equal(SequenceFate.Training, window.Admit(sequence with { Prompt = new Position(new LogId(Guid.NewGuid(), 0), 5) }));
        Assert.Equal(SequenceFate.Duplicate, window.Admit(sequence));
    }

    [Fact]
    public void Holdout_is_kept_once()
    {
        var window = new DedupeWindow();

        Assert.Equal(SequenceFate.Holdout, window.Admit(LabelledSequences.At(5, holdout: true)));
        Assert.Equal(SequenceFate.Duplicate, window.Admit(LabelledSequences.At(5, holdout: true)));
    }

    [Fact]
    public void What_is_older_than_the_bitmap_is_stale_and_what_is_just_inside_is_not()
    {
        var window = new DedupeWindow();
        window.Admit(LabelledSequences.At(0));
        window.Admit(LabelledSequences.At(70));
        window.Admit(LabelledSequences.At(PartitionBitmap.Capacity + 10));

        Assert.Equal(SequenceFate.Stale, window.Admit(LabelledSequences.At(0)));
        Assert.Equal(SequenceFate.Stale, window.Admit(LabelledSequences.At(63)));
        Assert.Equal(SequenceFate.Training, window.Admit(LabelledSequences.At(64)));
        Assert.Equal(SequenceFate.Duplicate, window.Admit(LabelledSequences.At(70)));
        Assert.Equal(SequenceFate.Duplicate, window.Admit(LabelledSequences.At(PartitionBitmap.Capacity + 10)));
        Assert.Equal(SequenceFate.Training, window.Admit(LabelledSequences.At(PartitionBitmap.Capacity)));
    }

    [Fact]
    public void A_window_that_moves_on_forgets_what_it_moves_over()
    {
        var window = new DedupeWindow();
        window.Admit(LabelledSequences.At(100));
        window.Admit(LabelledSequences.At((5 * PartitionBitmap.Capacity) + 3));

        // the ring slot of offset 100 is in use again, for another offset
        Assert.Equal(SequenceFate.Training, window.Admit(LabelledSequences.At((4 * PartitionBitmap.Capacity) + 100)));
    }

    [Fact]
    public void A_clients_retry_under_its_key_is_a_duplicate_at_another_offset()
    {
        var window = new DedupeWindow();

        Assert.Equal(SequenceFate.Training, window.Admit(LabelledSequences.At(1, key: "order-1")));
        Assert.Equal(SequenceFate.Duplicate, window.Admit(LabelledSequences.At(9, key: "order-1")));
        Assert.Equal(SequenceFate.Training, window.Admit(LabelledSequences.At(10, key: "order-2")));
        Assert.Equal(SequenceFate.Duplicate, window.Admit(LabelledSequences.At(9, key: "order-1")));
    }

    [Fact]
    public void Only_the_newest_keys_are_remembered()
    {
        var window = new DedupeWindow();
        var template = LabelledSequences.At(0, key: "first");
        for (var i = 0; i <= DedupeWindow.KeyedCapacity; i++)
        {
            window.Admit(template with { SequenceId = new Id128((UInt128)i), Prompt = template.Prompt with { Offset = i } });
        }

        var newest = template with { SequenceId = new Id128(DedupeWindow.KeyedCapacity), Prompt = template.Prompt with { Offset = 900_000 } };
        var oldest = template with { SequenceId = new Id128(0), Prompt = template.Prompt with { Offset = 900_001 } };
        Assert.Equal(SequenceFate.Duplicate, window.Admit(newest));
        Assert.Equal(SequenceFate.Training, window.Admit(oldest));
    }

    [Fact]
    public void Bytes_bring_back_the_same_window()
    {
        var window = new DedupeWindow();
        var offsets = new long[] { 3, 64, 4000, PartitionBitmap.Capacity + 200, PartitionBitmap.Capacity + 5 };
        foreach (var offset in offsets)
        {
            window.Admit(LabelledSequences.At(offset, key: offset == 64 ? "k" : null));
        }

        var again = DedupeWindow.FromBytes(window.ToBytes());

        Assert.Equal(window.ToBytes(), again.ToBytes());
        Assert.Equal(SequenceFate.Stale, again.Admit(LabelledSequences.At(3)));
        Assert.Equal(SequenceFate.Duplicate, again.Admit(LabelledSequences.At(4000)));
        Assert.Equal(SequenceFate.Duplicate, again.Admit(LabelledSequences.At(7000, key: "k")));
        Assert.Equal(SequenceFate.Training, again.Admit(LabelledSequences.At(4001)));
    }

    [Fact]
    public void Accounting_shows_the_effects_and_leaves_out_what_is_pending()
    {
        var window = new DedupeWindow();
        foreach (var offset in new long[] { 0, 2, 65, 130 })
        {
            window.Admit(LabelledSequences.At(offset));
        }

        var account = Assert.Single(window.Account([LabelledSequences.At(65).Prompt]));

        var bits = new BitArray(Convert.FromBase64String(account.Bitmap));
        Assert.Equal(0, account.FirstOffset);
        Assert.Equal([0, 2, 130], Enumerable.Range(0, bits.Length).Where(i => bits[i]));
        Assert.Equal(SequenceFate.Duplicate, window.Admit(LabelledSequences.At(65)));
    }
}
