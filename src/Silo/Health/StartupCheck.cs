using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Reflux.Silo.Definitions;

namespace Reflux.Silo.Health;

/// <summary>Started: the host is up and has once read all definitions. Stays so.</summary>
internal sealed class StartupCheck(IHostApplicationLifetime lifetime, IDefinitionCatalog catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        lifetime.ApplicationStarted.IsCancellationRequested && catalog.CaughtUp.IsCompleted
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the silo is starting"));
}
