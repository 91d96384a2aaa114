using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;

namespace Reflux.Grains.Definitions;

/// <summary>A <see cref="Definition"/> as it travels between grains: its JSON, so that the contracts need no serializer of Orleans.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.DefinitionDocument")]
public sealed record DefinitionDocument
{
    /// <summary>The definition in the dialect of <see cref="RefluxJson"/>.</summary>
    [Id(0)]
    public required string Json { get; init; }

    /// <summary>Wraps a definition.</summary>
    public static DefinitionDocument From(Definition definition) => new() { Json = JsonSerializer.Serialize(definition, RefluxJson.Options) };

    /// <summary>The definition itself.</summary>
    public Definition Read() => JsonSerializer.Deserialize<Definition>(Json, RefluxJson.Options)!;
}
