using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Reflux.Contracts.Errors;
using Reflux.Silo.Options;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Options;

public sealed class SettingsTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "Silo:Roles", "gateway,dancer" },
        { "Silo:Roles", "" },
        { "Silo:Name", "a b" },
        { "Silo:ShutdownSeconds", "0" },
        { "Silo:ShutdownSeconds", "NaN" },
        { "Http:Urls", "" },
        { "Http:Urls", "nonsense" },
        { "Http:Urls", "https://127.0.0.1:1" },
        { "Http:Urls", "http://127.0.0.1:1/path" },
        { "Http:Urls", "http://0.0.0.0:8420" },
        { "Http:Urls", "http://*:8420" },
        { "Http:Urls", "http://127.0.0.1:1;http://example.org:80" },
        { "Http:MaxBodyBytes", "1" },
        { "Http:JobTimeoutSeconds", "601" },
        { "Http:BackPressureSeconds", "-1" },
        { "Orleans:Clustering", "Consul" },
        { "Orleans:Clustering", "AdoNet" },
        { "Orleans:SiloPort", "70000" },
        { "Orleans:AdvertisedIp", "here" },
        { "Orleans:ClusterId", "" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_value_is_refused_by_its_name(string key, string value)
    {
        var error = Assert.Throws<RefluxException>(() => Read($"--{key}={value}"));
        Assert.Equal(ErrorCodes.OptionOutOfRange, error.Code);
        Assert.Contains(key == "Orleans:Clustering" && value == "AdoNet" ? "Orleans:ConnectionString" : key, error.Message);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData("--Silo:Dta=x", "Dta")]
    [InlineData("--Http:MaxBodyBytes=many", "MaxBodyBytes")]
    [InlineData("--Orleans:Clustring=AdoNet", "section Orleans has no key 'Clustring'")]
    [InlineData("--Orleans:SiloPort=abc", "SiloPort")]
    public void Unknown_keys_and_unreadable_values_are_refused(string flag, string named)
    {
        var error = Assert.Throws<RefluxException>(() => Read(flag));
        Assert.Equal(ErrorCodes.OptionOutOfRange, error.Code);
        Assert.Contains(named, error.Message);
        Assert.Contains("--set Section:Key=value", error.Remedy);
    }

    [Fact]
    public void The_defaults_are_right()
    {
        var (silo, http, orleans) = Read();
        Assert.Equal(SiloRoles.All, silo.ParsedRoles);
        Assert.Equal(8 << 20, http.MaxBodyBytes);
        Assert.False(orleans.UsesAdoNet);
    }

    [Fact]
    public void Flags_go_before_the_environment()
    {
        const string Variable = SiloConfiguration.EnvironmentPrefix + "Logging__Probe__";
        Environment.SetEnvironmentVariable(Variable + "Both", "environment");
        Environment.SetEnvironmentVariable(Variable + "One", "environment");
        try
        {
            using var configuration = new ConfigurationManager();
            SiloConfiguration.Add(configuration, ["--Logging:Probe:Both=flag"]);
            Assert.Equal(("flag", "environment"), (configuration["Logging:Probe:Both"], configuration["Logging:Probe:One"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable + "Both", null);
            Environment.SetEnvironmentVariable(Variable + "One", null);
        }
    }

    [Theory]
    [InlineData("-x", "-x", "y")]
    [InlineData("stray", "stray")]
    [InlineData("Htp:Urls", "--Htp:Urls=x")]
    [InlineData("--data", "--data")]
    public void A_flag_that_is_none_is_refused(string named, params string[] flags)
    {
        var error = Assert.Throws<RefluxException>(() => Read(flags));
        Assert.Equal(ErrorCodes.OptionOutOfRange, error.Code);
        Assert.Contains($"'{named}'", error.Message);
        Assert.Contains("--set Section:Key=value", error.Remedy);
    }

    [Fact]
    public void Other_addresses_than_loopback_need_consent()
    {
        Assert.Contains("AllowAnonymous", Assert.Throws<RefluxException>(() => Read("--urls", "http://0.0.0.0:0")).Message);
        Assert.True(Read("--urls", "http://0.0.0.0:0", "--Http:AllowAnonymous=true").Http.AllowAnonymous);
        Assert.Single(Read("--urls", "http://[::1]:0").Http.UrlList);
        Assert.Single(Read("--urls", "http://localhost:8421").Http.UrlList);
    }

    [Fact]
    public void A_silos_name_follows_from_its_directory_and_stays()
    {
        var a = new SiloSettings { Data = "/a" };
        Assert.Equal(a.EffectiveName, new SiloSettings { Data = "/a/." }.EffectiveName);
        Assert.NotEqual(a.EffectiveName, new SiloSettings { Data = "/b" }.EffectiveName);
        Assert.Equal("me", new SiloSettings { Name = "me" }.EffectiveName);
    }

    [Fact]
    public void Roles_are_parsed()
    {
        Assert.Equal(SiloRoles.Teacher | SiloRoles.Student, new SiloSettings { Roles = " Teacher , student" }.ParsedRoles);
        Assert.Equal(SiloRoles.All, new SiloSettings { Roles = "all" }.ParsedRoles);
        Assert.Equal(SiloRoles.None, new SiloSettings { Roles = "gateway,other" }.ParsedRoles);
    }

    /// <summary>Orleans reads its section by itself and would look for a provider behind a key that is ours.</summary>
    [Fact]
    public void Orleans_does_not_see_our_clustering_key()
    {
        using var configuration = new ConfigurationManager();
        configuration.AddCommandLine(["--Orleans:Clustering=AdoNet", "--Orleans:ConnectionString=x"]);
        Assert.True(OrleansSettings.Take(configuration).UsesAdoNet);
        Assert.False(configuration.GetSection("Orleans:Clustering").Exists());
    }

    [Fact]
    public void Several_silos_need_a_shared_store()
    {
        var adoNet = new OrleansSettings { Clustering = "AdoNet", ConnectionString = "x" };
        Assert.True(new StoreSettingsValidator(adoNet).Validate(null, new StoreSettings()).Failed);
        Assert.True(new StoreSettingsValidator(adoNet).Validate(null, new StoreSettings { Directory = "/shared" }).Succeeded);
        Assert.True(new StoreSettingsValidator(new OrleansSettings()).Validate(null, new StoreSettings()).Succeeded);
    }

    [Fact]
    public async Task Several_silos_need_one_log()
    {
        var error = await Assert.ThrowsAsync<RefluxException>(() => SiloHost.BuildAsync(["--Orleans:Clustering=AdoNet", "--Orleans:ConnectionString=x", "--Store:Directory=/shared"]));
        Assert.Equal(ErrorCodes.OptionOutOfRange, error.Code);
        Assert.Contains("Kafka:BootstrapServers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_may_be_taken_over_keeps_his_checkpoints_where_all_can_read_them()
    {
        var store = new StoreSettings { Directory = "/shared" };
        Assert.Equal(("/shared/checkpoints", "/data/checkpoints"), (store.ResolveCheckpoints("/data", shared: true), store.ResolveCheckpoints("/data", shared: false)));
    }

    [Fact]
    public void Compute_options_are_checked()
    {
        var validator = new ComputeOptionsValidator();
        Assert.Contains("Threads", validator.Validate(null, new() { Threads = 0 }).FailureMessage);
        Assert.Contains("Device", validator.Validate(null, new() { Device = "tpu" }).FailureMessage);
        Assert.True(validator.Validate(null, new() { Threads = 1 }).Succeeded);
    }

    private static (SiloSettings Silo, HttpSettings Http, OrleansSettings Orleans) Read(params string[] flags)
    {
        using var configuration = new ConfigurationManager();
        SiloConfiguration.Add(configuration, flags);
        return (
            Checked(ValidatedOptions.Read<SiloSettings>(configuration, SiloSettings.Section), new SiloSettingsValidator()),
            Checked(ValidatedOptions.Read<HttpSettings>(configuration, HttpSettings.Section), new HttpSettingsValidator()),
            Checked(OrleansSettings.Take(configuration), new OrleansSettingsValidator()));

        static T Checked<T>(T options, IValidateOptions<T> validator)
            where T : class => options.Checked(validator);
    }
}
