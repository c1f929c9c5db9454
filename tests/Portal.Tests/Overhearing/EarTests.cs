using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing.Overhearing;

namespace Yinxin.Portal.Tests.Overhearing;

/// <summary>The ear that every platform under test has is not deaf: what it is to find it finds, in each spelling, and it tells no secret on.</summary>
public sealed class EarTests
{
    private const string Name = "王样䶮";
    private const string Phone = "19900000012";
    private const string Password = "Lantern-orbit-47-Quill";
    private readonly KnownSecrets secrets = new();

    public EarTests()
    {
        secrets.LearnPeople(Name, Phone);
        secrets.LearnFields([new("Password", Password), new("Phone", "+86" + Phone), new("Code", "043127")]);
    }

    [Theory]
    [InlineData("姓名王样䶮不符")]
    [InlineData("name=%E7%8E%8B%E6%A0%B7%E4%B6%AE")]
    [InlineData("""{"name":"\u738B\u6837\u4DAE"}""")]
    [InlineData("sent to +8619900000012")]
    [InlineData("Password=Lantern-orbit-47-Quill&x=1")]
    [InlineData("GET /register/code?Code=043127")]
    [InlineData("""{"code":"043127"}""")]
    [InlineData("验证码：043127")]
    public void What_is_secret_is_found_in_each_spelling_and_not_told_on(string line)
    {
        secrets.Look("Sample: said {What}", line);
        var found = Assert.Single(secrets.Found().DistinctBy(f => f[f.IndexOf(':', StringComparison.Ordinal)..]));
        Assert.EndsWith(": Sample: said {What}", found, StringComparison.Ordinal);
        foreach (var secret in (string[])[Name, Phone, Password, "043127"])
        {
            Assert.DoesNotContain(secret, found, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("姓名王样安不符")]
    [InlineData("sent to 199****0012")]
    [InlineData("Lantern-orbit-47-Quilt")]
    [InlineData("took 043127 ticks")]
    [InlineData("code=0431270")]
    [InlineData("code=043128")]
    public void What_only_looks_like_it_is_not(string line)
    {
        secrets.Look("Sample", line);
        Assert.Empty(secrets.Found());
    }

    [Fact]
    public void What_was_said_before_anything_was_known_is_found_all_the_same()
    {
        var late = new KnownSecrets();
        late.Look("Sample", "born as " + Name);
        late.LookAtValue("Sample", "271828");
        Assert.Empty(late.Found());
        late.LearnPeople(Name);
        late.LearnMessage("【样例】验证码 271828，5 分钟内有效。");
        Assert.Equal(["a person's name: Sample", "code: Sample"], late.Found());
    }

    [Fact]
    public async Task Names_that_a_later_server_brings_are_known_as_well()
    {
        using var unasked = new HttpClient();
        await secrets.LearnRegisterAsync(unasked, "官样安");
        secrets.Look("Sample", "decided by 官样安");
        Assert.Equal(["name: Sample"], secrets.Found());
    }

    [Fact]
    public void A_server_is_heard_with_values_scopes_and_exceptions_as_talkative_as_in_operation()
    {
        using var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Error).AddEar(secrets));
        factory.CreateLogger("Microsoft.Sample").LogInformation("Read {Text}", Phone);
        Assert.Empty(secrets.Found());
        var own = factory.CreateLogger("Yinxin.Sample");
        own.LogTrace("Read {Text}", Phone);
        own.LogWarning("Read {Number}", "043127");
        own.LogWarning(new InvalidOperationException(Name), "It failed");
        using (own.BeginScope("Within {Text}", Password))
        {
            Assert.Equal(
                [
                    "Password: Yinxin.Sample: Within {Text}", "Phone: Yinxin.Sample: Read {Text}", "a person's name: Yinxin.Sample: It failed", "a person's number: Yinxin.Sample: Read {Text}",
                    "code: Yinxin.Sample: Read {Number}",
                ],
                secrets.Found());
        }
    }

    [Fact]
    public void A_span_is_heard_with_tags_and_events()
    {
        using var span = new Activity("sample");
        span.SetTag("code", "043127").SetTag("count", 43127);
        span.AddEvent(new ActivityEvent("read", tags: new ActivityTagsCollection { ["of"] = Name }));
        Ear.HearSpan(secrets, span);
        Assert.Equal(["a person's name: span  sample, tag of", "code: span  sample, tag code"], secrets.Found());
    }
}
