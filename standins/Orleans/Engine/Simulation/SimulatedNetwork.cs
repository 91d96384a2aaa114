using Orleans.Runtime;

namespace Orleans.Engine.Simulation;

/// <summary>The network as one simulated process sees it.</summary>
internal sealed class SimulatedNetwork(SimulatedCluster cluster, SimulatedProcess process, GrainTypeMap types) : INetwork
{
    public GrainTypeMap Types => types;

    public Silo Locate(GrainId target) => cluster.Locate(process, target);

    public void Carry(Silo destination, GrainId target, GrainCall call) => cluster.Carry(process, destination, target, call);

    public void Return(Silo from, GrainCall call, Action settle) => cluster.Return(from, process, call, settle);
}
