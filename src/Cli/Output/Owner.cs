using System.CommandLine;

namespace Reflux.Cli.Output;

/// <summary>A process that belongs to another one ends with it: its standard input is a pipe that closes when the owner dies, however it dies.</summary>
internal static class Owner
{
    public static Option<bool> Option() => new("--owned") { Description = "End when standard input closes: for a process that starts this one and must not leave it behind." };

    /// <summary>A source that is cancelled with <paramref name="cancellation"/> and, where <paramref name="owned"/>, when standard input closes.</summary>
    public static CancellationTokenSource Watch(bool owned, CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (owned)
        {
            // a thread of its own: a read of the console cannot be cancelled
            new Thread(() =>
            {
                using var input = Console.OpenStandardInput();
                while (input.ReadByte() >= 0)
                {
                }

                try
                {
                    source.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // the verb has ended by itself
                }
            }) { IsBackground = true, Name = "owner" }.Start();
        }

        return source;
    }
}
