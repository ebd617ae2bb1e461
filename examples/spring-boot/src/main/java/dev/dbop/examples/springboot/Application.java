package dev.dbop.examples.springboot;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The service. Data source, pool and web server are as Spring Boot sets them up. */
@SpringBootApplication(proxyBeanMethods = false)
class Application {}
