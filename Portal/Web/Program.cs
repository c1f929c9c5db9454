await Yinxin.Web.WebApp.Build(args).RunAsync();
