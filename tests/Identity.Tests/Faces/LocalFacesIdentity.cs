using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Faces;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Testing.Faces;

namespace Yinxin.Identity.Tests.Faces;

/// <summary>The engine and the actors of all tests of faces: loading them costs seconds.</summary>
public sealed class FaceStage : IAsyncLifetime
{
    public const string Name = "faces";

    public FaceStage() => Reader = new FaceReader(Microsoft.Extensions.Options.Options.Create(Settings));

    /// <summary>Those of the reader; a test that changes one puts it back.</summary>
    public FaceSettings Settings { get; } = new() { LookLimit = TimeSpan.FromMinutes(1), Patience = TimeSpan.FromMinutes(1) };

    public FaceReader Reader { get; }

    public FaceActor Person { get; private set; } = null!;

    public FaceActor Stranger { get; private set; } = null!;

    public async ValueTask InitializeAsync() => (Person, Stranger) = (await FaceActor.FirstAsync(Reader), await FaceActor.SecondAsync(Reader));

    public ValueTask DisposeAsync()
    {
        Person.Dispose();
        Stranger.Dispose();
        Reader.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>One stage for both databases, one after the other.</summary>
[CollectionDefinition(FaceStage.Name)]
public sealed class OnFaceStage : ICollectionFixture<FaceStage>;

/// <summary>A server that compares faces itself.</summary>
public sealed class LocalFacesIdentity(FaceStage stage) : SqliteIdentity
{
    protected override void Configure(WebApplicationBuilder builder) => LocalFaces.Configure(builder, stage);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class LocalFacesPostgres(FaceStage stage) : PostgresIdentity
{
    protected override void Configure(WebApplicationBuilder builder) => LocalFaces.Configure(builder, stage);
}

internal static class LocalFaces
{
    public static void Configure(WebApplicationBuilder builder, FaceStage stage)
    {
        builder.Configuration["RealPerson:Provider"] = "local";
        builder.Services.AddSingleton(stage.Reader);
    }
}
