using Reflux.Contracts.Identity;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>Fresh ids from the seed.</summary>
internal sealed class SimulatedIds(Random random) : IdSource
{
    public override Guid NewGuid() => new(Bytes());

    public override Id128 NewId128() => Id128.Read(Bytes());

    private byte[] Bytes()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }
}
