using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Reflux.Cli.Chaos;

/// <summary>A port for a process that keeps it over many lives: below those that the kernel hands out, so that no connection takes it while the process is dead.</summary>
internal static class UnusedPort
{
    private const int Least = 10_000;
    private const string Range = "/proc/sys/net/ipv4/ip_local_port_range";

    public static int Find()
    {
        var end = FirstEphemeral();
        while (true)
        {
            var port = Random.Shared.Next(Least, end);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // another one
            }
        }
    }

    /// <summary>Where the kernel begins; its default where that is not said or leaves no room.</summary>
    private static int FirstEphemeral() =>
        File.Exists(Range) && int.Parse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture) is > 2 * Least and var first ? first : 32_768;
}
