namespace Reflux.Grains;

/// <summary>How long a silo that has fallen silent keeps what it holds.</summary>
public static class Lease
{
    /// <summary>Forty reports at the usual pace of four a second.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
}
