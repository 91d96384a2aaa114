using Microsoft.Extensions.Logging;
using Reflux.Silo.Storage;
using Reflux.Streaming;

namespace Reflux.Silo;

/// <summary>What a silo holds beyond its services, given back in the right order after they have stopped: the writer empties first, the directory is unlocked last.</summary>
internal sealed class SiloResources(DataDirectoryLock directory, ILoggerFactory loggers) : IAsyncDisposable
{
    public DataDirectoryLock Directory { get; } = directory;

    public ILoggerFactory Loggers { get; } = loggers;

    public LogConnection? Connection { get; set; }

    public LogWriter? Writer { get; set; }

    public async ValueTask DisposeAsync()
    {
        if (Writer is not null)
        {
            await Writer.DisposeAsync();
        }

        if (Connection is not null)
        {
            await Connection.DisposeAsync();
        }

        Directory.Dispose();
        Loggers.Dispose();
    }
}
