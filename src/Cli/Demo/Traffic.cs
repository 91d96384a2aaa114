using System.Net.Http;
using Reflux.Client;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Demo;

/// <summary>A product's live traffic: paced prompts over HTTP, each with an idempotency key, retried until the gateway has answered 202.</summary>
internal sealed class Traffic(Func<RefluxClient> client, string lane, HelpdeskTraffic source, AcceptedPrompts accepted, Func<double> clock, double promptsPerSecond)
{
    private const long LargestBatch = 64;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Sends prompts of one kind at the set pace until <paramref name="until"/> completes. A gateway that pushes back delays the prompts; it
    /// does not thin them out, and a batch that was not acknowledged is sent again under the same keys.
    /// </summary>
    public async Task SendAsync(ProductLine line, Task until, CancellationToken cancellation)
    {
        var started = clock();
        long sent = 0;
        using var timer = new PeriodicTimer(Tick);
        while (!until.IsCompleted && await timer.WaitForNextTickAsync(cancellation))
        {
            var due = (long)((clock() - started) * promptsPerSecond) - sent;
            if (due <= 0)
            {
                continue;
            }

            var batch = Enumerable.Range(0, (int)Math.Min(due, LargestBatch)).Select(_ => source.Next(line)).Select(prompt => new PromptInput(prompt.Text, prompt.Key)).ToList();
            await SendBatchAsync(batch, line, cancellation);
            sent += batch.Count;
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
