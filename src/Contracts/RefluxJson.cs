using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reflux.Contracts;

/// <summary>The one JSON dialect of the HTTP API, the definitions topic, manifests and `--json` output: camelCase, enums as strings, unknown members refused.</summary>
public static class RefluxJson
{
    /// <summary>Strict reading: an unknown or missing member is an error that names it.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>The same, indented, for files that people read.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented) => new(JsonSerializerDefaults.Web)
    {
        WriteIndented = indented,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
