using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Silo.Definitions;
using Reflux.Silo.Http;
using Reflux.Silo.Storage;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests;

/// <summary>Starting, refusing to start, stopping and starting again.</summary>
public sealed class StartupTests : IAsyncLifetime
{
    private readonly TestSilo _silo = new();

    public Task InitializeAsync() => _silo.InitializeAsync();

    public Task DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task A_data_directory_that_is_in_use_is_refused()
    {
        var error = await Assert.ThrowsAsync<RefluxException>(() => SiloHost.StartAsync(_silo.Flags(), _silo.Broker));
        Assert.Equal(ErrorCodes.DataDirectoryInUse, error.Code);
        Assert.Equal(HttpStatusCode.OK, (await _silo.Http.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_refused_and_the_data_directory_given_back()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{other.LocalEndpoint}";
        var data = _silo.File("second");
        var error = await Assert.ThrowsAsync<RefluxException>(() => SiloHost.StartAsync(["--data", data, "--urls", url, "--roles", "gateway"], _silo.Broker));
        Assert.Equal(ErrorCodes.PortInUse, error.Code);
        Assert.Contains(url, error.Message);
        DataDirectoryLock.Acquire(data).Dispose();
    }

    [Fact]
    public async Task A_wrong_option_is_refused_before_anything_is_touched()
    {
        var data = _silo.File("untouched");
        var error = await Assert.ThrowsAsync<RefluxException>(() => SiloHost.StartAsync(["--data", data, "--Http:MaxBodyBytes=1"], _silo.Broker));
        Assert.Equal(ErrorCodes.OptionOutOfRange, error.Code);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Clustering_over_a_database_is_refused_where_it_can_not_work()
    {
        var flags = new[] { "--data", _silo.File("adonet"), "--urls", "http://127.0.0.1:0", "--Orleans:Clustering=AdoNet", "--Orleans:ConnectionString=Host=127.0.0.1;Port=1;Timeout=1", "--Store:Directory=" + _silo.File("store") };
        var error = await Assert.ThrowsAsync<RefluxException>(() => SiloHost.StartAsync(flags, _silo.Broker));
        if (InfoEndpoints.Engine.Orleans.StartsWith("stand-in", StringComparison.Ordinal))
        {
            Assert.Equal(ErrorCodes.NotSupportedHere, error.Code);
            Assert.Contains("official", error.Remedy);
        }
        else
        {
            Assert.Equal(ErrorCodes.DatabaseUnavailable, error.Code);
            Assert.Contains("docs/several-silos.md", error.Remedy);
        }
    }

    [Fact]
    public async Task The_address_is_written_while_it_answers()
    {
        var path = Path.Combine(_silo.DataDirectory, "silo.json");
        var address = JsonSerializer.Deserialize<SiloAddress>(await File.ReadAllBytesAsync(path), RefluxJson.Options)!;
        Assert.Equal(_silo.Http.BaseAddress, new Uri(address.Address));
        Assert.Equal(Environment.ProcessId, address.ProcessId);
        await _silo.StopAsync();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_restarted_silo_knows_its_entities_and_teaches_them_to_a_new_log()
    {
        var student = await _silo.NewStudentAsync("lasting");
        await _silo.StopAsync();
        _silo.ReplaceBroker();
        await _silo.StartAsync();
        Assert.Equal(student, (await _silo.Client.StudentAsync("lasting")).Definition);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var picture in _silo.Services.GetRequiredService<IDefinitionCatalog>().WatchAsync(limit.Token))
        {
            if (picture.Contains(student) && picture.Count == 2)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_stop_lets_no_waiting_request_hold_it_up()
    {
        await _silo.NewStudentAsync("waiting");
        var begun = new RequestBeginning("/v1/students/waiting/snapshots/latest");
        using var watch = _silo.Services.GetRequiredService<DiagnosticListener>().Subscribe(begun);
        var waiting = _silo.Http.GetAsync("/v1/students/waiting/snapshots/latest?wait=300");
        await begun.Seen.WaitAsync(TimeSpan.FromSeconds(30));
        await _silo.BeginStopAsync().WaitAsync(TimeSpan.FromSeconds(9));
        using var response = await waiting;
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
