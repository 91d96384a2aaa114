using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Reflux.Client;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Cli.Chaos;

/// <summary>Clients that give every prompt a key and send it, whatever happens, until its 202 has come.</summary>
internal sealed class ChaosTraffic(ChaosProcesses processes, string lane, ChaosOptions options)
{
    private const int Clients = 8;
    private const int Batch = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<Id128, bool> _acknowledged = new();
    private readonly Channel<PromptInput[]> _due = Channel.CreateUnbounded<PromptInput[]>();
    private int _retries;

    /// <summary>Prompts with a 202.</summary>
    public ICollection<Id128> Acknowledged => _acknowledged.Keys;

    /// <summary>How often a batch was sent again.</summary>
    public int Retries => _retries;

    /// <summary>Sends at the pace for the time set, and on while the nemesis is late: its faults are about a student that trains. Returns when every prompt is acknowledged.</summary>
    /// <param name="nemesis">Completes after the last fault.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task SendAsync(Task nemesis, CancellationToken cancellation)
    {
        var clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => ServeAsync(cancellation)));
        var source = new HelpdeskTraffic(options.Seed);
        var total = (int)(options.Seconds * options.PromptsPerSecond);
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Pause);
        for (var sent = 0; sent < total || !nemesis.IsCompleted;)
        {
            await timer.WaitForNextTickAsync(cancellation);
            for (var due = clock.Elapsed.TotalSeconds * options.PromptsPerSecond; sent < (nemesis.IsCompleted ? Math.Min(total, due) : due); sent += Batch)
            {
                PromptInput[] batch = [.. Enumerable.Range(0, Batch).Select(_ => source.Next(ProductLine.Kitchen)).Select(prompt => new PromptInput(prompt.Text, prompt.Key))];
                _due.Writer.TryWrite(batch);
            }
        }

        _due.Writer.Complete();
        await clients;
    }

    private async Task ServeAsync(CancellationToken cancellation)
    {
        await foreach (var batch in _due.Reader.ReadAllAsync(cancellation))
        {
            foreach (var prompt in (await SendAsync(batch, cancellation)).Accepted)
            {
                _acknowledged[prompt.Id] = true;
            }
        }
    }

    private async Task<PromptsAccepted> SendAsync(PromptInput[] batch, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await processes.Client().SendPromptsAsync(lane, batch, cancellation);
            }
            catch (Exception failure) when (Passes(failure) && !cancellation.IsCancellationRequested)
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay((failure as RefluxApiException)?.RetryAfter ?? Pause, cancellation);
            }
        }
    }

    /// <summary>What a question about the silo says; false while it is away.</summary>
    internal static async Task<bool> OrAwayAsync(Func<Task<bool>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception away) when (Passes(away))
        {
            return false;
        }
    }

    /// <summary>True for a silo that is away or pushes back: what a client is told to try again.</summary>
    internal static bool Passes(Exception failure) => failure is HttpRequestException or IOException or TaskCanceledException { InnerException: TimeoutException }
        or RefluxApiException { Status: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout };
}
