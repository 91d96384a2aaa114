using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Storage;
using Reflux.Distillation.Archive;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Storage;
using Reflux.Grains.Definitions;
using Reflux.Silo.Definitions;
using Reflux.Silo.Http;
using Reflux.Silo.Options;
using Reflux.Silo.Storage;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;

namespace Reflux.Silo;

/// <summary>The composition root of a silo: what <c>reflux silo</c> runs.</summary>
public static class SiloHost
{
    /// <summary>Runs a silo until it is told to stop (Ctrl-C, SIGTERM, the token).</summary>
    /// <param name="args">Flags: <c>--Section:Key=value</c>, and the short ones of <see cref="SiloConfiguration"/>.</param>
    /// <param name="cancellationToken">Stops the silo gracefully.</param>
    /// <exception cref="RefluxException">A part of it failed, or it can't start: <c>option-out-of-range</c>, <c>data-directory-in-use</c>, <c>data-directory-read-only</c>, <c>port-in-use</c>, <c>broker-unavailable</c>, <c>not-supported-here</c>.</exception>
    public static async Task RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        await using var app = await StartAsync(args, embeddedBroker: null, cancellationToken);
        var workers = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        await app.WaitForShutdownAsync(cancellationToken);
        if (workers.Select(worker => worker.ExecuteTask?.Exception?.InnerException).FirstOrDefault(failure => failure is not null) is { } failure)
        {
            // the host stops when a part of it fails, and says nothing of it to its caller
            throw failure as RefluxException ?? new RefluxException(
                ErrorCodes.Internal, $"the silo stopped because a part of it failed: {failure.GetType().Name}", "See its log above, then start it again.", failure);
        }
    }

    /// <summary>Builds a silo and starts it.</summary>
    /// <param name="args">As for <see cref="RunAsync"/>.</param>
    /// <param name="embeddedBroker">Address of an embedded broker that the caller owns; null: the one of the data directory, or Kafka:BootstrapServers.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="RefluxException">As for <see cref="RunAsync"/>.</exception>
    public static async Task<WebApplication> StartAsync(string[] args, string? embeddedBroker = null, CancellationToken cancellationToken = default)
    {
        var app = await BuildAsync(args, embeddedBroker, cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
            await app.Services.GetRequiredService<SiloBeacon>().LightAsync(app.Urls, cancellationToken);
            return app;
        }
        catch (Exception error)
        {
            // parts that had started already give back what they took
            await app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.DisposeAsync();
            throw StartFailure(error) ?? error;
        }
    }

    /// <summary>Takes the data directory, opens the log and puts the services together. Nothing runs before the result is started.</summary>
    /// <inheritdoc cref="StartAsync" path="/param|/exception" />
    public static async Task<WebApplication> BuildAsync(string[] args, string? embeddedBroker = null, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Reflux.Silo" });
        SiloConfiguration.Add(builder.Configuration, args);
        SiloLogging.Add(builder.Logging, builder.Configuration);
        var orleans = builder.Services.AddValidated(OrleansSettings.Take(builder.Configuration), new OrleansSettingsValidator());
        var silo = builder.Services.AddValidated(ValidatedOptions.Read<SiloSettings>(builder.Configuration, SiloSettings.Section), new SiloSettingsValidator());
        var http = builder.Services.AddValidated(ValidatedOptions.Read<HttpSettings>(builder.Configuration, HttpSettings.Section), new HttpSettingsValidator());
        var kafka = builder.Services.AddValidated(ValidatedOptions.Read<KafkaOptions>(builder.Configuration, KafkaOptions.Section), new KafkaOptionsValidator());
        var store = builder.Services.AddValidated(ValidatedOptions.Read<StoreSettings>(builder.Configuration, StoreSettings.Section), new StoreSettingsValidator(orleans));
        var archive = builder.Services.AddValidated(ValidatedOptions.Read<ArchiveOptions>(builder.Configuration, SiloConfiguration.ArchiveSection), new ArchiveOptionsValidator());
        if (orleans.UsesAdoNet && kafka.UsesEmbeddedBroker && embeddedBroker is null)
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange, "Kafka:BootstrapServers is missing; the silos of Orleans:Clustering=AdoNet share one log.", "Name the brokers of a Kafka cluster: --kafka host:9092.");
        }

        builder.Services.AddValidated(ValidatedOptions.Read<ComputeOptions>(builder.Configuration, SiloConfiguration.ComputeSection), new ComputeOptionsValidator());

        var resources = new SiloResources(
            DataDirectoryLock.Acquire(silo.DataDirectory), LoggerFactory.Create(logging => SiloLogging.Add(logging, builder.Configuration)));
        try
        {
            await OpenLogAsync(resources, builder.Services, kafka, silo, embeddedBroker, archive.Enabled, cancellationToken);
            builder.Services.AddSingleton(_ => resources);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton<IBlobStore>(new FileBlobStore(store.Resolve(silo.DataDirectory)));
            builder.Services.AddSingleton<SiloBeacon>();
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(silo.ShutdownSeconds));

            // Services stop in the reverse order: the HTTP server, which is always last here, then the roles, then Orleans.
            builder.UseOrleans(siloBuilder => OrleansHosting.Configure(siloBuilder, orleans, silo));
            builder.Services.AddHostedService<DefinitionFollower>();
            SiloRoleServices.Add(builder.Services, silo, store, archive, store.ResolveCheckpoints(silo.DataDirectory, shared: orleans.UsesAdoNet));
            builder.Services.AddHttpApi(silo);
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = http.MaxBodyBytes;
            });
            builder.WebHost.UseUrls(http.UrlList);

            var app = builder.Build();
            _ = app.Services.GetRequiredService<SiloResources>();
            app.UseHttpApi(silo, http);
            return app;
        }
        catch (Exception error)
        {
            await resources.DisposeAsync();
            throw StartFailure(error) ?? error;
        }
    }

    private static async Task OpenLogAsync(
        SiloResources resources, IServiceCollection services, KafkaOptions kafka, SiloSettings silo, string? embeddedBroker, bool archived, CancellationToken cancellationToken)
    {
        var address = embeddedBroker;
        if (address is null && kafka.UsesEmbeddedBroker)
        {
            var command = BrokerHost.CommandFor(silo.DataDirectory, kafka);
            var broker = await EmbeddedBroker.AttachOrStartAsync(silo.DataDirectory, command, kafka, TimeProvider.System, resources.Loggers, cancellationToken);
            address = broker.Address;
        }

        var catalog = new DefinitionCatalog();
        var connection = await LogConnection.OpenAsync(kafka, address, TimeProvider.System, resources.Loggers, cancellationToken);
        resources.Connection = connection;
        var safePosition = new CommittedSafePosition(connection, (topic, partition) => LogReaders.Of(catalog, topic, partition, archived));
        var writer = new LogWriter(connection, safePosition);
        resources.Writer = writer;
        services.AddSingleton(connection);
        services.AddSingleton<ILogConnection>(connection);
        services.AddSingleton(writer);
        services.AddSingleton<ILogWriter>(writer);
        services.AddSingleton<ISafePosition>(safePosition);
        services.AddSingleton(catalog);
        services.AddSingleton<IDefinitionCatalog>(catalog);
        services.AddSingleton<IdSource>();
        services.AddSingleton<IDefinitionLog, DefinitionLog>();
    }

    /// <summary>The typed form of what the host and its parts throw when they can't start.</summary>
    private static RefluxException? StartFailure(Exception error) => error switch
    {
        IOException { InnerException: AddressInUseException } => new RefluxException(
            ErrorCodes.PortInUse, error.Message, "Stop what listens there, or choose another port with --port (0 takes a free one) or another address with --urls.", error),
        OrleansConfigurationException or NotSupportedException => new RefluxException(
            ErrorCodes.NotSupportedHere, error.Message, "Correct the Orleans section, or run on a feed that has the official Orleans packages.", error),
        DbException database => DatabaseGrainStorage.Unavailable(database),
        { InnerException: DbException database } => DatabaseGrainStorage.Unavailable(database),
        // Orleans looks its queries up by name and says no more than that one is missing
        InvalidOperationException or ArgumentException when error.StackTrace?.Contains("AdoNet", StringComparison.Ordinal) == true =>
            DatabaseGrainStorage.Unavailable(error, "one of Orleans' scripts has not run in it"),
        _ => null,
    };
}
