await Yinxin.Identity.Server.IdentityServerApp.Build(args).RunAsync();
