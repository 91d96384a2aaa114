using Microsoft.Extensions.Hosting;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A silo of a test cluster, with its host.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private readonly IHost _host = null!;
    private bool _active = true;

    /// <summary>The silo's host.</summary>
    public IHost SiloHost
    {
        get => _host;
        init
        {
            _host = value;
            var details = value.Services.GetRequiredService<ILocalSiloDetails>();
            Name = details.Name;
            SiloAddress = details.SiloAddress;
            GatewayAddress = details.GatewayAddress;
        }
    }

    /// <summary>The services of the silo's host.</summary>
    public IServiceProvider ServiceProvider => SiloHost.Services;

    /// <inheritdoc/>
    public override bool IsActive => _active;

    internal Silo Silo => ServiceProvider.GetRequiredService<Silo>();

    /// <inheritdoc/>
    public override async Task StopSiloAsync(bool stopGracefully)
    {
        if (!stopGracefully)
        {
            Silo.Kill();
        }

        await StopSiloAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public override async Task StopSiloAsync(CancellationToken ct)
    {
        if (!_active)
        {
            return;
        }

        _active = false;
        await SiloHost.StopAsync(ct);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await StopSiloAsync(true);
        Dispose();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _active = false;
            SiloHost.Dispose();
        }
    }
}
