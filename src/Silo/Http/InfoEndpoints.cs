using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Reflux.Contracts.Http;
using Reflux.Silo.Options;
using Reflux.Streaming;

namespace Reflux.Silo.Http;

/// <summary>/v1/info</summary>
internal static class InfoEndpoints
{
    public static void MapInfo(this IEndpointRouteBuilder api) =>
        api.MapGet("/info", (SiloSettings silo, LogConnection log) => Answers.Ok(new ServerInfo(
            Version(typeof(InfoEndpoints).Assembly),
            "v1",
            [.. Enum.GetValues<SiloRoles>().Where(r => r is SiloRoles.Gateway or SiloRoles.Teacher or SiloRoles.Student && silo.Has(r)).Select(r => r.ToString().ToLowerInvariant())],
            log.Durability,
            Engine)));

    /// <summary>What runs below: official packages or stand-ins, told by their assemblies.</summary>
    public static EngineInfo Engine { get; } = new(
        Describe(typeof(Grain).Assembly, "Orleans"),
        $"{Describe(typeof(TorchSharp.torch).Assembly, "TorchSharp")}, libtorch {TorchSharp.torch.__version__}",
        $"official Confluent.Kafka {Version(typeof(Confluent.Kafka.Library).Assembly)}, librdkafka {Confluent.Kafka.Library.VersionString}");

    // a stand-in states the version of the official package whose API it serves, and says so in its product name
    private static string Describe(Assembly assembly, string product)
    {
        var standIn = assembly.GetCustomAttribute<AssemblyProductAttribute>()?.Product == "Reflux stand-in";
        return $"{(standIn ? "stand-in for" : "official")} {product} {Version(assembly)}";
    }

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? assembly.GetName().Version?.ToString(3) ?? "unknown";
}
