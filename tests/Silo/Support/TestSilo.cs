using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflux.Client;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Silo.Definitions;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Support;

/// <summary>A gateway on a free loopback port over a broker of its own: real Kestrel, real grains, real log.</summary>
public sealed class TestSilo : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string[] _flags;
    private EmbeddedBrokerServer? _broker;
    private WebApplication? _app;

    public TestSilo()
        : this([])
    {
    }

    internal TestSilo(params string[] flags) => _flags = flags;

    internal string DataDirectory => _directory.File("data");

    internal string Broker => _broker!.Address;

    internal CapturedLog Log { get; } = new();

    internal HttpClient Http { get; private set; } = null!;

    internal RefluxClient Client => new(Http);

    internal IServiceProvider Services => _app!.Services;

    internal IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public async Task InitializeAsync()
    {
        _broker = new EmbeddedBrokerServer(new KafkaOptions { PromptPartitions = 2 });
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        _broker!.Dispose();
        _directory.Dispose();
    }

    /// <summary>A path of this silo's that is not its data directory.</summary>
    internal string File(string name) => _directory.File(name);

    internal string[] Flags(params string[] more) => ["--data", DataDirectory, "--urls", "http://127.0.0.1:0", "--roles", "gateway", .. _flags, .. more];

    /// <summary>Starts the silo, and waits until it has read the definitions: before, it isn't ready.</summary>
    internal async Task StartAsync()
    {
        _app = await SiloHost.StartAsync(Flags(), Broker);
        await Services.GetRequiredService<IDefinitionCatalog>().CaughtUp.WaitAsync(TimeSpan.FromSeconds(60));
        Services.GetRequiredService<ILoggerFactory>().AddProvider(Log);
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Stops the silo gracefully; its data directory and broker stay.</summary>
    internal async Task StopAsync()
    {
        if (_app is not null)
        {
            Http.Dispose();
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>Begins a graceful stop and does not wait for its end.</summary>
    internal Task BeginStopAsync() => _app!.StopAsync();

    /// <summary>Gives the silo a new, empty broker, as after the end of one that kept its log in memory. For a silo that is stopped.</summary>
    internal void ReplaceBroker()
    {
        _broker!.Dispose();
        _broker = new EmbeddedBrokerServer(new KafkaOptions { PromptPartitions = 2 });
    }

    internal Task<HttpResponseMessage> PostAsync(string path, string json) => PostAsync(path, Encoding.UTF8.GetBytes(json));

    internal Task<HttpResponseMessage> PostAsync(string path, byte[] body, string contentType = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return Http.PostAsync(path, content);
    }

    internal Task<Definition> NewLaneAsync(string name) => Client.CreateLaneAsync(new LaneSpec { Name = name });

    internal async Task<Definition> NewStudentAsync(string name)
    {
        await NewLaneAsync(name);
        return await Client.CreateStudentAsync(StudentSpec(name, name));
    }

    internal static StudentSpec StudentSpec(string name, string lane) =>
        new() { Name = name, Lane = lane, Base = new BaseModelSpec { Directory = "/nowhere/base" } };

    internal static string Json<T>(T value) => JsonSerializer.Serialize(value, RefluxJson.Options);
}
