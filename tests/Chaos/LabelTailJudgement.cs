using Reflux.Cli.Demo;
using Reflux.Contracts.Http;
using Reflux.Streaming;

namespace Reflux.Chaos.Tests;

internal static class LabelTailJudgement
{
    /// <summary>Holds an accounting against the log, once the tail has read all that the student may have read for it: it must not know less than the student.</summary>
    public static async Task<EffectLedger.Verdict> JudgeAsync(
        this LabelTail tail, AcceptedPrompts accepted, StudentAccounting accounting, LogConnection log, int partition, CancellationToken cancellation)
    {
        var (_, end) = await log.BoundsAsync(Topics.Labels, partition, cancellation);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (tail.Next < end)
        {
            await timer.WaitForNextTickAsync(cancellation);
        }

        return EffectLedger.Check(accepted, tail, accounting);
    }
}
