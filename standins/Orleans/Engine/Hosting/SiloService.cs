using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Starts the silo where <c>UseOrleans</c> stands among the host's services, and stops it in reverse.</summary>
internal sealed class SiloService(
    Silo silo,
    StagedLifecycle lifecycle,
    IEnumerable<IConfigurationValidator> validators,
    IEnumerable<ILifecycleParticipant<ISiloLifecycle>> participants) : IHostedService
{
    // Calls are served before the Active stage starts, because what starts there may call grains.
    private const int ServingStage = ServiceLifecycleStage.BecomeActive - 1;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var validator in validators)
        {
            validator.ValidateConfiguration();
        }

        foreach (var participant in participants)
        {
            participant.Participate(lifecycle);
        }

        lifecycle.Subscribe("Silo", ServingStage, silo.OpenAsync, silo.DrainAsync);
        await lifecycle.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => lifecycle.StopAsync(cancellationToken);
}
