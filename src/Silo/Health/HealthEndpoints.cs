using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Reflux.Contracts;

namespace Reflux.Silo.Health;

/// <summary>/health/startup, /health/ready, /health/live: 200 or 503, with the reason in the body.</summary>
internal static class HealthEndpoints
{
    private const string Startup = "startup";
    private const string Ready = "ready";

    public static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<StartupCheck>(Startup, tags: [Startup])
        .AddCheck<ReadyCheck>(Ready, tags: [Ready]);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        Map(Startup, check => check.Tags.Contains(Startup));
        Map(Ready, check => check.Tags.Contains(Ready));

        // alive means that this process answers: a broker or a neighbour that is away must not get it killed
        Map("live", _ => false);

        void Map(string name, Func<HealthCheckRegistration, bool> which) =>
            endpoints.MapHealthChecks($"/health/{name}", new HealthCheckOptions { Predicate = which, ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new HealthAnswer(
            report.Status == HealthStatus.Healthy ? "ok" : "unhealthy",
            [.. report.Entries.Where(e => e.Value.Status != HealthStatus.Healthy).Select(e => e.Value.Description ?? e.Key)]),
        RefluxJson.Options,
        context.RequestAborted);

    private sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons);
}
