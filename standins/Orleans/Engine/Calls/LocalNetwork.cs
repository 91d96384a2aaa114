using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>One process: nothing is late or lost.</summary>
internal sealed class LocalNetwork(Func<Silo> silo) : INetwork
{
    public GrainTypeMap Types => silo().Types;

    public Silo Locate(GrainId target) => silo();

    public void Carry(Silo destination, GrainId target, GrainCall call) => destination.Catalog.Deliver(target, call);

    public void Return(Silo from, GrainCall call, Action settle) => settle();
}
