using Orleans.Configuration;

namespace Orleans.Engine;

/// <summary>Looks for idle activations once a quantum.</summary>
internal sealed class IdleCollector(Catalog catalog, GrainCollectionOptions options, TimeProvider clock) : IDisposable
{
    private ITimer? _timer;

    public void Start() => _timer = clock.CreateTimer(_ => Collect(), null, options.CollectionQuantum, options.CollectionQuantum);

    public void Dispose() => _timer?.Dispose();

    private void Collect()
    {
        var now = clock.GetUtcNow();
        foreach (var activation in catalog.All())
        {
            activation.DeactivateIfIdle(now);
        }
    }
}
