using Microsoft.Extensions.Configuration;
using Orleans.Hosting;

namespace Orleans.Engine;

internal sealed record SiloBuilder(IServiceCollection Services, IConfiguration Configuration) : ISiloBuilder;
