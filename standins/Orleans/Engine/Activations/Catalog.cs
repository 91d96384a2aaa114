using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>The activations of a silo, at most one a grain.</summary>
internal sealed class Catalog(Silo silo)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GrainId, Activation> _activations = [];

    /// <summary>Gives an item to the grain's activation, which is made where there is none.</summary>
    public void Deliver(GrainId target, WorkItem item)
    {
        while (true)
        {
            Activation activation;
            try
            {
                activation = GetOrCreate(target);
            }
            catch (ArgumentException unknown)
            {
                item.Reject(unknown);
                return;
            }

            if (activation.TryReceive(item))
            {
                return;
            }

            Remove(activation);
        }
    }

    public Activation? Find(GrainId grainId)
    {
        lock (_gate)
        {
            return _activations.GetValueOrDefault(grainId);
        }
    }

    public IReadOnlyList<Activation> All()
    {
        lock (_gate)
        {
            return [.. _activations.Values];
        }
    }

    public void Remove(Activation activation)
    {
        lock (_gate)
        {
            if (_activations.GetValueOrDefault(activation.GrainId) == activation)
            {
                _activations.Remove(activation.GrainId);
            }
        }
    }

    public async Task DeactivateAllAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // An ending activation may call a grain that is not active; that one ends in the next round.
        while (All() is { Count: > 0 } activations)
        {
            foreach (var activation in activations)
            {
                activation.Deactivate(reason, cancellationToken);
            }

            await Task.WhenAll(activations.Select(activation => activation.Deactivated)).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets all activations and refuses what waits for them.</summary>
    public void Abandon(Exception reason)
    {
        foreach (var activation in All())
        {
            activation.Abandon(reason);
            Remove(activation);
        }
    }

    private Activation GetOrCreate(GrainId target)
    {
        Activation created;
        lock (_gate)
        {
            if (_activations.TryGetValue(target, out var existing))
            {
                return existing;
            }

            created = new Activation(silo, target, silo.Types.ClassOf(target.Type));
            _activations.Add(target, created);
        }

        created.Start();
        return created;
    }
}
