using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Grains.Definitions;
using Reflux.Streaming;

namespace Reflux.Silo.Definitions;

/// <summary>The definitions topic as grains see it.</summary>
internal sealed class DefinitionLog(LogConnection connection, LogWriter writer) : IDefinitionLog
{
    public Task AppendAsync(Definition definition, CancellationToken cancellationToken) =>
        writer.AppendAsync(Topics.Definitions, 0, JsonSerializer.SerializeToUtf8Bytes(definition, RefluxJson.Options), cancellationToken);

    public ValueTask<int> LabelPartitionsAsync(CancellationToken cancellationToken) => new(connection.PartitionCount(Topics.Labels));
}
