using Orleans.Engine.Simulation;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Compute;
using Reflux.Simulation.Tests.Installation;
using TorchSharp;

namespace Reflux.Simulation.Tests.Training;

/// <summary>A device whose work takes its time and then happens at once.</summary>
internal sealed class SimulatedCompute(SimulatedProcess process, Weather weather) : ICompute
{
    public static readonly EnvironmentFingerprint Fingerprint = new("simulated", "", "", "", "cpu", 1, true);

    public torch.Device Device => torch.CPU;

    public int Threads => 1;

    public EnvironmentFingerprint Environment => Fingerprint;

    public async Task<T> RunAsync<T>(ComputeQueue queue, Func<T> work, CancellationToken cancellationToken)
    {
        await Task.Delay(weather.Within(30), process.Clock, cancellationToken);
        return work();
    }
}
