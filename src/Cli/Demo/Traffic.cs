using System.Net.Http;
using Reflux.Client;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Demo;

/// <summary>A product's live traffic: paced prompts over HTTP, each with an idempotency key, retried until the gateway has answered 202.</summary>
internal sealed class Traffic(Func<RefluxClient> client, string lane, HelpdeskTraffic source, AcceptedPrompts accepted, TrafficPace pace, Func<double> clock, double promptsPerSecond)
{
    private const long LargestBatch = 64;
    private const double LongestStretch = 2.5;
    private const double LeastShare = 1.0 / 3;
    private const double LongestWait = 15;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Sends prompts of one kind at the set pace for <paramref name="seconds"/>. Where <see cref="TrafficPace"/> slows it down, the prompts that
    /// those seconds would have brought take longer, at most <see cref="LongestStretch"/> times as long, or until a third of them is sent, at the very longest <see cref="LongestWait"/> times. A gateway that pushes back delays the
    /// prompts; it does not thin them out, and a batch that was not acknowledged is sent again under the same keys.
    /// </summary>
    public async Task SendAsync(ProductLine line, double seconds, CancellationToken cancellation)
    {
        var left = (long)(seconds * promptsPerSecond);
        var enough = left - (long)(left * LeastShare);
        var end = clock() + (LongestStretch * seconds);
        var latest = clock() + (LongestWait * seconds);
        var (since, sent) = (clock(), 0L);
        using var timer = new PeriodicTimer(Tick);
        while (left > 0 && clock() < (left > enough ? latest : end) && await timer.WaitForNextTickAsync(cancellation))
        {
            if (pace.HoldsBack(accepted, clock(), Tick.TotalSeconds))
            {
                // a slower pace, not a burst afterwards
                (since, sent) = (clock(), 0);
                continue;
            }

            var due = Math.Min((long)((clock() - since) * promptsPerSecond) - sent, Math.Min(left, LargestBatch));
            if (due > 0)
            {
                await SendBatchAsync([.. Enumerable.Range(0, (int)due).Select(_ => source.Next(line)).Select(prompt => new PromptInput(prompt.Text, prompt.Key))], line, cancellation);
                sent += due;
                left -= due;
            }
        }
    }

    private async Task SendBatchAsync(IReadOnlyList<PromptInput> batch, ProductLine line, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var answer = await client().SendPromptsAsync(lane, batch, cancellation);
                var now = clock();
                foreach (var prompt in answer.Accepted)
                {
                    accepted.Add(prompt.Id, new AcceptedPrompts.Entry(line, prompt.Position, now));
                }

                return;
            }
            catch (Exception away) when (away is HttpRequestException or IOException or RefluxApiException { Code: ErrorCodes.BackPressure or ErrorCodes.BrokerUnavailable or ErrorCodes.Timeout } or TaskCanceledException { InnerException: TimeoutException })
            {
                await Task.Delay((away as RefluxApiException)?.RetryAfter ?? Tick, cancellation);
            }
        }
    }
}
