using System.Text.Json;
using Microsoft.Extensions.Logging;
using Reflux.Contracts;
using Reflux.Distillation.Storage;
using Reflux.Silo.Options;

namespace Reflux.Silo;

/// <summary>
/// <c>silo.json</c> in the data directory says where the silo answers while it runs, for scripts that let it choose a port. After a crash the file
/// stays behind: whether the lock beside it is held tells.
/// </summary>
internal sealed partial class SiloBeacon(SiloSettings silo, ILogger<SiloBeacon> logger) : IDisposable
{
    private string? _path;

    /// <summary>Writes the file and says the same in the log.</summary>
    public async Task LightAsync(IEnumerable<string> urls, CancellationToken cancellationToken)
    {
        var address = urls.First();
        _path = Path.Combine(silo.DataDirectory, "silo.json");
        var content = new SiloAddress(silo.EffectiveName, address, Environment.ProcessId);
        await AtomicFile.WriteAsync(_path, JsonSerializer.SerializeToUtf8Bytes(content, RefluxJson.Indented), cancellationToken);
        LogStarted(logger, silo.EffectiveName, silo.ParsedRoles, address);
    }

    public void Dispose()
    {
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Name} ({Roles}) answers at {Address}.")]
    private static partial void LogStarted(ILogger logger, string name, SiloRoles roles, string address);
}
