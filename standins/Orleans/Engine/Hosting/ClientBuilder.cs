using Microsoft.Extensions.Configuration;
using Orleans.Hosting;

namespace Orleans.Engine;

internal sealed record ClientBuilder(IServiceCollection Services, IConfiguration Configuration) : IClientBuilder;
