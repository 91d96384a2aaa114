using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Reflux.Contracts.Errors;
using Reflux.Silo.Definitions;
using Reflux.Streaming;

namespace Reflux.Silo.Health;

/// <summary>Ready: started, not stopping, the definitions are known and the broker answers.</summary>
internal sealed class ReadyCheck(IHostApplicationLifetime lifetime, IDefinitionCatalog catalog, LogConnection log, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("the silo is stopping");
        }

        if (!catalog.CaughtUp.IsCompleted)
        {
            return HealthCheckResult.Unhealthy("the definitions are still being read");
        }

        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await log.LogIdAsync(Topics.Definitions, 0, patience.Token).WaitAsync(Patience, time, patience.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is RefluxException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy($"the broker at {log.Address} does not answer");
        }
    }
}
