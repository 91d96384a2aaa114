using Reflux.Contracts.Definitions;

namespace Reflux.Grains.Definitions;

/// <summary>The definitions topic as grains see it. Readers keep the highest revision of each entity, so sending one again is harmless.</summary>
public interface IDefinitionLog
{
    /// <summary>Appends the definition; completes when the broker has acknowledged it.</summary>
    Task AppendAsync(Definition definition, CancellationToken cancellationToken);

    /// <summary>How many partitions the labels topic has: the most lanes that can exist side by side.</summary>
    ValueTask<int> LabelPartitionsAsync(CancellationToken cancellationToken);
}
