using System.Runtime.CompilerServices;
using System.Text.Json;
using Orleans.Engine.Simulation;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Simulation.Tests.Log;
using Reflux.Silo.Definitions;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>The product's catalog, followed from the simulated log; its watchers come back to their process.</summary>
internal sealed class SimulatedCatalog(SimulatedLog log, SimulatedProcess process) : IDefinitionCatalog
{
    private readonly DefinitionCatalog _catalog = new();
    private TaskCompletionSource _changed = new();

    public IReadOnlyCollection<Definition> Current => _catalog.Current;

    public Task CaughtUp => Task.CompletedTask;

    public bool IsDeleted(Guid id) => _catalog.IsDeleted(id);

    public async IAsyncEnumerable<IReadOnlyCollection<Definition>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _changed.Task;
            yield return Current;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Follows the definitions for as long as the process lives.</summary>
    public async Task FollowAsync()
    {
        for (var next = 0; ; next++)
        {
            while (log.Records(Topics.Definitions, 0).Count <= next)
            {
                var arrival = new TaskCompletionSource();
                log.WhenAppended(() => log.World.After(TimeSpan.Zero, () => arrival.TrySetResult(), process));
                await arrival.Task;
            }

            await Task.Delay(log.Weather.Latency(), process.Clock);
            _catalog.Apply(JsonSerializer.Deserialize<Definition>(log.Records(Topics.Definitions, 0)[next], RefluxJson.Options)!);
            var changed = _changed;
            _changed = new TaskCompletionSource();
            changed.SetResult();
        }
    }
}
