using FsCheck;
using FsCheck.Fluent;
using Reflux.Streaming.Internal;

namespace Reflux.Streaming.Tests.Internal;

public sealed class PartitionProgressTests
{
    [Fact]
    public void The_watermark_never_passes_unfinished_work_whatever_the_order() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            Gen.Shuffle(Enumerable.Range(0, 40).ToArray()).ToArbitrary(),
            order =>
            {
                // every third offset is missing from the log, as after compaction
                static long Offset(int index) => 1000 + index + (index / 2);
                var progress = new PartitionProgress();
                foreach (var index in Enumerable.Range(0, 40))
                {
                    progress.Deliver(Offset(index));
                }

                var finished = new HashSet<int>();
                foreach (var index in order)
                {
                    finished.Add(index);
                    progress.Finish(Offset(index));
                    var contiguous = Enumerable.Range(0, 40).TakeWhile(finished.Contains).Count();
                    if (progress.Watermark != (contiguous == 0 ? null : Offset(contiguous - 1) + 1))
                    {
                        return false;
                    }
                }

                return true;
            }));

    [Fact]
    public void Finishing_twice_changes_nothing()
    {
        var progress = new PartitionProgress();
        progress.Deliver(5);
        progress.Deliver(6);
        Assert.True(progress.Finish(5));
        Assert.False(progress.Finish(5));
        Assert.Equal(6, progress.Watermark);
    }
}
